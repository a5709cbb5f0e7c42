using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>One estimator of the derivative of E[f(z)] in one element of one parameter, compared with the true derivative and with other estimators.</summary>
public sealed record GradientComparison
{
    /// <summary>The distribution's name.</summary>
    public required string Distribution { get; init; }

    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, in row-major order.</summary>
    public required long Index { get; init; }

    /// <summary>The estimator, with its baseline if it has one.</summary>
    public required string Estimator { get; init; }

    /// <summary>The scheme of the draws.</summary>
    public required DrawScheme Scheme { get; init; }

    /// <summary>The true derivative; NaN if no valid reference for the objective is known.</summary>
    public required double Truth { get; init; }

    /// <summary>The source of the true derivative.</summary>
    public required string TruthSource { get; init; }

    /// <summary>The estimate.</summary>
    public required double Estimate { get; init; }

    /// <summary>Estimate − Truth.</summary>
    public required double Bias { get; init; }

    /// <summary>The standard error of the bias.</summary>
    public required double StandardError { get; init; }

    /// <summary>The bias in standard errors; beyond ±4, chance is an unlikely explanation.</summary>
    public required double ZScore { get; init; }

    /// <summary>The variance of the derivative per draw.</summary>
    public required double VariancePerDraw { get; init; }

    /// <summary>The time per draw.</summary>
    public required double SecondsPerDraw { get; init; }

    /// <summary>Variance × time: the cost of a given precision.</summary>
    public required double VarianceTimesCost { get; init; }

    /// <summary>The variance divided by that of the pathwise gradient; NaN if Pathwise is not among the estimators.</summary>
    public required double VarianceRatio { get; init; }

    /// <summary>The number of draws.</summary>
    public required long Draws { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>Runs estimators on one problem.</summary>
    /// <param name="distribution">The distribution of z.</param>
    /// <param name="objective">f, as for <see cref="GradientEstimation"/>.</param>
    /// <param name="estimators">The estimators.</param>
    /// <param name="skipped">Receives each estimator that does not apply, with the reason; null makes that an error.</param>
    /// <param name="warn">Receives what is missing or not reliable, with the reason.</param>
    /// <param name="cancellation">Stops between two repetitions.</param>
    public static IReadOnlyList<GradientComparison> Run(
        Distribution distribution, Func<Tensor, Tensor> objective, IEnumerable<GradientEstimatorOptions> estimators, Action<string>? skipped = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        List<GradientMeasurement> measured = [];
        foreach (GradientEstimatorOptions options in estimators)
        {
            try
            {
                measured.AddRange(GradientEstimation.Measure(distribution, objective, options, warn, cancellation));
            }
            catch (Exception error) when (skipped is not null && error is NotSupportedException or NotReparameterizableException)
            {
                skipped!(error.Message);
            }
        }
        if (measured.Count == 0) return [];
        var seed = new RandomSeed(measured[0].Seed, measured[0].Generator);
        GradientTruth truth = GradientTruth.Of(distribution, objective, seed);
        if (truth.Fault is { } fault) warn?.Invoke($"The column Truth is NaN for {distribution.Name}: {fault}. Run Test-Distribution.");
        foreach (string parameter in truth.Doubtful) warn?.Invoke($"Truth for {parameter} of {distribution.Name} is not reliable: it is the mean over {truth.Source}, and a few of these draws determine its variance. The expectation of the objective may be infinite or undefined. Use a bounded objective, whose expectation is finite.");
        return [.. measured.Select(row => Compare(row, truth, measured))];
    }

    private static GradientComparison Compare(GradientMeasurement row, GradientTruth truth, List<GradientMeasurement> all)
    {
        (double expected, double uncertain) = truth.Values.TryGetValue(row.Parameter, out (double[] Value, double[] Error) known) ? (known.Value[row.Index], known.Error[row.Index]) : (double.NaN, double.NaN);
        double bias = row.Estimate - expected;
        double error = Math.Sqrt(row.StandardError * row.StandardError + uncertain * uncertain);
        double magnitude = all.Max(each => Math.Max(Math.Abs(each.Estimate), double.IsFinite(each.VariancePerDraw) ? Math.Sqrt(each.VariancePerDraw) : 0));
        GradientMeasurement? pathwise = all.FirstOrDefault(each =>
            each.Estimator == nameof(GradientEstimatorKind.Pathwise) && each.Parameter == row.Parameter && each.Index == row.Index);
        return new GradientComparison
        {
            Distribution = row.Distribution, Parameter = row.Parameter, Index = row.Index, Estimator = row.Estimator, Scheme = row.Scheme, Truth = expected,
            TruthSource = double.IsNaN(expected) ? "none" : truth.Source, Estimate = row.Estimate, Bias = bias, StandardError = error, ZScore = ZScoreOf(bias, error, magnitude), VariancePerDraw = row.VariancePerDraw,
            SecondsPerDraw = row.SecondsPerDraw, VarianceTimesCost = row.VariancePerDraw * row.SecondsPerDraw,
            VarianceRatio = pathwise is null ? double.NaN : row.VariancePerDraw == pathwise.VariancePerDraw ? 1 : row.VariancePerDraw / pathwise.VariancePerDraw,
            Draws = row.Draws, Seed = row.Seed, Generator = row.Generator,
        };
    }

    // Two exact numbers differ at most by rounding.
    private static double ZScoreOf(double bias, double error, double magnitude)
    {
        double rounding = 1e-11 * magnitude;
        return Math.Abs(bias) <= rounding ? 0 : bias / Math.Max(error, rounding);
    }
}
