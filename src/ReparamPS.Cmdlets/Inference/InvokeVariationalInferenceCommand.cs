using System.Globalization;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Inference;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Fits a normal distribution to the posterior of a model by variational inference.</summary>
/// <remarks>
/// <para>The defaults maximize the ELBO over frozen, scrambled Sobol noise with L-BFGS. The number of draws doubles until a fit with independent noise agrees. The same seed returns the same fit.</para>
/// <para>The gradient of the log-density is checked for each parameter before the optimization.</para>
/// <para>Measure-VariationalFit shows whether the fit has converged and whether it can be trusted.</para>
/// <para>StickingTheLanding and batches need Adam, which draws fresh noise at each step.</para>
/// </remarks>
/// <example>
/// <para>Fit and certify</para>
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
/// <para>How the bound rises</para>
/// <code>$model = New-BayesianModel @{ Scale = New-HalfNormalDistribution 1 }
/// $model | Invoke-VariationalInference -Trace |
///     Export-Chart -X Evaluation -Y Bound -Path ./bound.png</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "VariationalInference"), OutputType(typeof(VariationalFit), typeof(FitTraceRow))]
public sealed class InvokeVariationalInferenceCommand : VariationalCommandBase
{
    private const string Activity = "Variational inference";

    /// <summary>Returns a row per gradient evaluation instead of the fit.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Trace { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        VariationalFit fit = VariationalInference.Fit(Model, Options, OnRow, Cancellation);
        EndProgress(Activity);
        if (!Trace) WriteObject(fit);
    }

    private void OnRow(FitTraceRow row)
    {
        if (Trace) WriteObject(row);
        int percent = Optimizer == VariationalOptimizer.Adam ? 100 * row.Evaluation / Steps : -1;
        ShowProgress(Activity, () => string.Create(CultureInfo.InvariantCulture, $"evaluation {row.Evaluation}, {row.Draws} draws, bound {row.Bound:F4}"), percent);
    }
}
