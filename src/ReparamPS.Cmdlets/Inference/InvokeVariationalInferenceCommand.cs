using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Fits a normal distribution to the posterior of a model by variational inference.</summary>
/// <remarks>
/// <para>The model's parameters are first mapped to unconstrained coordinates: real numbers without bounds, such as the logarithm of a positive parameter. The fit is a normal distribution of these coordinates.</para>
/// <para>By default, L-BFGS maximizes the ELBO with the same Sobol noise at all steps. The number of draws doubles until a second fit, with other noise, has the same ELBO within -Tolerance. The same seed returns the same fit.</para>
/// <para>Each settings object from the pipeline, such as a row of New-ExperimentGrid, causes one fit; its properties set the cmdlet's parameters of the same names.</para>
/// <para>If the model has script blocks, the gradient of its log-density is first compared with finite differences; a wrong gradient is an error.</para>
/// <para>A fit that has not converged is returned with a warning. Measure-VariationalFit says how accurate the fit is.</para>
/// <para>-Objective StickingTheLanding and -BatchSize need -Optimizer Adam, which draws new noise at each step.</para>
/// <para>On the command line, a parameter without effect is an error, such as -Steps without -Optimizer Adam. If that parameter, or the setting that makes it useless, comes from the pipeline, the parameter is ignored instead. A wrong combination with BatchSize is always an error (see -BatchSize).</para>
/// </remarks>
/// <example>
/// <para>Fit a model, and measure the fit</para>
/// <code>$model = New-BayesianModel @{ Rate = New-GammaDistribution 2 1 } {
///     param($p) (New-PoissonDistribution $p.Rate).LogProb((New-Tensor 3))
/// }
/// $model | Invoke-VariationalInference -Seed 1 | Measure-VariationalFit</code>
/// </example>
/// <example>
/// <para>A sweep over families and seeds</para>
/// <code>$prior = New-MultivariateNormalDistribution 0, 0 -ScaleTril (1, 0), (2, 1)
/// $model = New-BayesianModel @{ X = $prior }
/// New-ExperimentGrid @{ Family = 'MeanField', 'FullRank'; Seed = 1, 2, 3 } |
///     Invoke-VariationalInference $model | Measure-VariationalFit</code>
/// </example>
/// <example>
/// <para>A chart of the ELBO during the optimization</para>
/// <code>$model = New-BayesianModel @{ Scale = New-HalfNormalDistribution 1 }
/// $model | Invoke-VariationalInference -Trace |
///     Export-Chart -X Evaluation -Y Bound -Path ./bound.png</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VariationalInference"), OutputType(typeof(VariationalFit), typeof(FitTraceRow))]
public sealed class InvokeVariationalInferenceCommand : VariationalCommandBase
{
    private const string Activity = "Variational inference";

    /// <summary>Returns one row per gradient evaluation, with the bound, the norm of the gradient and the settings, instead of the fit. The column Draws shows how many draws that evaluation used.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Trace { get; set; }

    private protected override void Run()
    {
        VariationalFit fit = VariationalInference.Fit(Model, Options, OnRow, Cancellation);
        EndProgress(Activity);
        if (FitCertificate.ConvergenceFailure(fit) is { } failure) WriteWarning($"The fit has not converged. {failure}");
        WarnOfLikelihood();
        if (!Trace) WriteObject(fit);
    }

    private void OnRow(FitTraceRow row)
    {
        if (Trace) WriteObject(row);
        int percent = Optimizer == VariationalOptimizer.Adam ? 100 * row.Evaluation / Steps : -1;
        ShowProgress(Activity, () => string.Create(CultureInfo.InvariantCulture, $"evaluation {row.Evaluation}, {row.Draws} draws, bound {row.Bound:F4}"), percent);
    }
}
