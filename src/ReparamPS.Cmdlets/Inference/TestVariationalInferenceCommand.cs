using System.Collections;
using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Inference.Models;
using ReparamPS.Inference;
using ReparamPS.Messages;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Checks by simulation whether fitted posteriors are calibrated.</summary>
/// <remarks>
/// <para>The method is simulation-based calibration (Talts et al. 2018, arXiv:1804.06788). Each simulation draws true parameters from the prior, then draws data given these parameters, and then fits the model to these data. Simulation n, counted from 0, has the seed Seed + n. Its parameters, data and fit use independent random streams, all derived from this seed.</para>
/// <para>If the fits are exact, the CDF of the fitted posterior at the true value is uniform over the simulations. KsPValue is the p-value of a Kolmogorov–Smirnov test of this: a small value means that the posteriors are wrong.
/// Coverage50 and Coverage90 are the shares of central 50 % and 90 % posterior intervals that contain the true value; they should be near 0.5 and 0.9. Converged is the number of fits that converged; if it is less than Simulations, there is a warning.</para>
/// <para>There is one row per unconstrained coordinate: a real number that a parameter is mapped to, such as the log of a positive parameter. A row also holds the settings of the fits and the seed of the first simulation.</para>
/// <para>-Simulator is required only for a model made with -LogLikelihood. For a model made with -Data, the cmdlet simulates the response.</para>
/// <para>On the command line, a parameter without effect is an error, such as -Steps without -Optimizer Adam. If that parameter, or the setting that makes it useless, comes from the pipeline, the parameter is ignored instead. A wrong combination with BatchSize is always an error (see -BatchSize).</para>
/// </remarks>
/// <seealso cref="NewBayesianModelCommand"/>
/// <seealso cref="InvokeVariationalInferenceCommand"/>
/// <seealso cref="MeasureVariationalFitCommand"/>
/// <example>
/// <para>Check a regression</para>
/// <code># Y is a placeholder: each simulation replaces it.
/// $rows = 1..20 | ForEach-Object { [pscustomobject]@{ X = $_ / 10; Y = 0 } }
/// $regression = @{
///     Response = 'Y'; Predictor = 'X'; Likelihood = 'Normal'; NoiseScale = 1
/// }
/// New-BayesianModel -Data $rows @regression |
///     Test-VariationalInference -Family FullRank -Simulations 50</code>
/// </example>
/// <example>
/// <para>Check a model whose -LogLikelihood reads data from the variable $y</para>
/// <code>$y = New-Tensor 0, 0, 0
/// $model = New-BayesianModel @{ Mu = New-NormalDistribution 0 1 } {
///     param($p) (New-NormalDistribution $p.Mu.unsqueeze(-1) 2).LogProb($y)
/// }
/// $model |
///     Test-VariationalInference -Simulations 50 -Simulator {
///         param($p, $seed) @{
///             y = New-NormalDistribution $p.Mu 2 |
///                 Invoke-Sample -Count 3 -Seed $seed -AsTensor
///         }
///     }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "VariationalInference"), OutputType(typeof(SimulationCalibrationRow))]
public sealed class TestVariationalInferenceCommand : VariationalCommandBase
{
    private const string Activity = "Simulation-based calibration";
    private const int OtherSeeds = 3;

    private SimulatedData? simulated;

    /// <summary>The number of simulated data sets. Allowed: at least 10. Default: 200.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<int?>]
    public int Simulations { get; set; } = 200;

    /// <summary>A script block that simulates data, for a model made with -LogLikelihood. It begins with param($p, $seed); $p holds a single draw of each parameter, in the parameter's own shape. In -LogLikelihood, $p has an extra first dimension for the draws; here it does not. $seed is an integer that this cmdlet derives from its own -Seed. For the first data variable, pass $seed to Invoke-Sample -Seed; for the second, $seed + 1; and so on. The block returns a hashtable with one entry per data variable of -LogLikelihood, such as y for $y.</summary>
    [Parameter, Exact<ScriptBlock>]
    public ScriptBlock? Simulator { get; set; }

    /// <summary>The seed of the first simulation. Simulation n, counted from 0, has the seed Seed + n. Default: 0.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), Exact<long?>]
    public override long Seed { get; set; }

    private protected override void Run()
    {
        int failures = 0;
        string? firstFailure = null;
        IReadOnlyList<SimulationCalibrationRow> rows;
        try
        {
            rows = SimulationCalibration.Run(
                Model, Options, Simulations, Simulator is null ? null : Simulate(), (done, fit) =>
                {
                    if (FitCertificate.ConvergenceFailure(fit) is { } failure)
                    {
                        failures++;
                        firstFailure ??= failure;
                    }
                    ShowProgress(Activity, () => $"{done} of {Simulations} data sets", 100 * done / Simulations);
                }, Cancellation);
        }
        catch (Exception error) when (error is NonFiniteDensityException or CustomFunctionException && simulated?.NonFinite is not null)
        {
            throw new ArgumentException($"{simulated.NonFinite}, and the log-density of the model is not finite with these data. Return finite numbers. If the parameters are too extreme for that, choose narrower priors.", nameof(Simulator), error);
        }
        EndProgress(Activity);
        if (failures > 0) WriteWarning($"{failures} of {Simulations} fits {(failures == 1 ? "has" : "have")} not converged, so KsPValue, Coverage50 and Coverage90 may be wrong. {(failures == 1 ? firstFailure : $"The first such fit: {FirstLetter.Lower(firstFailure!)}")}");
        WarnOfLikelihood();
        simulated?.Finish();
        WriteObject(rows, enumerateCollection: true);
    }

    private ModelSimulator Simulate()
    {
        if (Model.GetLogLikelihood()?.Target is not ModelBlock likelihood) throw new ArgumentException("Simulator replaces the data that a -LogLikelihood script block reads, but the model has no such block. Leave out -Simulator.", nameof(Simulator));
        var block = new ModelBlock(Simulator!, nameof(Simulator), "script block", SessionState.PSVariable, [.. Model.Parameters.Select(parameter => parameter.Name)], "p", "seed");
        SimulatedData checks = simulated = new SimulatedData(likelihood.CapturedValue, WriteWarning);
        Dictionary<string, object?> Data(Dictionary<string, torch.Tensor> single, long seed)
        {
            object? result = block.Result(single, seed);
            if (result is not IDictionary data) throw new ArgumentException($"Simulator must return a hashtable with simulated values for the variables that LogLikelihood reads as data, such as @{{ y = $draws }}; got {ArgumentRules.Got(result)}.", nameof(Simulator));
            Dictionary<string, object?> replaced = data.Cast<DictionaryEntry>().ToDictionary(entry => LanguagePrimitives.ConvertTo<string>(entry.Key), entry => entry.Value, StringComparer.OrdinalIgnoreCase);
            if (!likelihood.CapturedNames.Any())
                throw new ArgumentException("LogLikelihood reads no variable of the session, so -Simulator can replace no data. Assign the data to a variable, such as $y, before New-BayesianModel, and read it in the block.", nameof(Simulator));
            if (replaced.Count == 0) throw new ArgumentException($"Simulator returned an empty hashtable. It must have a key for each variable to simulate that LogLikelihood reads: {ShortText.List(likelihood.CapturedNames)}.", nameof(Simulator));
            if (replaced.Keys.FirstOrDefault(name => !likelihood.CapturedNames.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown && unknown.Length > 0)
                throw new ArgumentException($"Simulator returned the key {ShortText.Of(unknown)}, but LogLikelihood reads no variable ${ShortText.Of(unknown)}. Allowed keys: {ShortText.List(likelihood.CapturedNames)}.", nameof(Simulator));
            return replaced;
        }
        return (values, seed) =>
        {
            var single = values.ToDictionary(entry => entry.Key, entry => entry.Value.select(0, 0), StringComparer.OrdinalIgnoreCase);
            Dictionary<string, object?> replaced = Data(single, seed);
            if (checks.IsFirst)
            {
                checks.CheckRepeated(replaced, Data(single, seed));
                checks.CheckSeed(replaced, Enumerable.Range(1, OtherSeeds).Select(k => Data(single, seed + k)));
            }
            checks.Add(replaced);
            SimulatedData.Misfit? fault = checks.ShapeFault(replaced);
            foreach (string name in replaced.Keys.ToArray())
            {
                if (likelihood.CapturedValue(name) is torch.Tensor observed && !TensorInput.IsTensor(replaced[name]))
                    replaced[name] = TensorInput.ToTensor(replaced[name], $"The value of Simulator for {name}", observed.dtype, observed.device);
            }
            try
            {
                BayesianModel model = Model.WithLogLikelihood(likelihood.With(replaced).LogLikelihood);
                if (fault is not null) checks.WarnOfShape(fault);
                return model;
            }
            catch (Exception error) when (fault is not null && error is CustomFunctionException or ShapeMismatchException)
            {
                string advice = Simulator!.ToString().Contains("unsqueeze", StringComparison.OrdinalIgnoreCase) ? "In -Simulator, $p holds one draw, without a dimension for draws: leave out .unsqueeze(-1)." : $"{fault.Advice}.";
                throw new ArgumentException($"{fault} LogLikelihood fails with the shape {fault.Simulated}. {advice}", nameof(Simulator), error);
            }
        };
    }
}
