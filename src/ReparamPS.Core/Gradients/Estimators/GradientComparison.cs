using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>One estimator of the derivative of E[f(z)] in one element of one parameter, beside the truth and the others.</summary>
public sealed record GradientComparison
{
    /// <summary>The distribution's name.</summary>
    public required string Distribution { get; init; }

    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, in row-major order.</summary>
    public required long Index { get; init; }

    /// <summary>The estimator, with its baseline where it has one.</summary>
    public required string Estimator { get; init; }

    /// <summary>How draws were spread.</summary>
    public required DrawScheme Scheme { get; init; }

    /// <summary>The true derivative; NaN where nothing is known that is right for the objective.</summary>
    public required double Truth { get; init; }

    /// <summary>Where the truth comes from.</summary>
    public required string TruthSource { get; init; }

    /// <summary>The estimate.</summary>
    public required double Estimate { get; init; }

    /// <summary>Estimate − Truth.</summary>
    public required double Bias { get; init; }

    /// <summary>The standard error of the bias.</summary>
    public required double StandardError { get; init; }

    /// <summary>The bias in standard errors; beyond ±4 it is hardly chance.</summary>
    public required double ZScore { get; init; }

    /// <summary>The variance of one draw's derivative.</summary>
    public required double VariancePerDraw { get; init; }

    /// <summary>The time of one draw.</summary>
    public required double SecondsPerDraw { get; init; }

    /// <summary>Variance × time: what a given precision costs.</summary>
    public required double VarianceTimesCost { get; init; }

    /// <summary>The variance over that of the pathwise gradient; NaN where that is not among the estimators.</summary>
    public required double VarianceRatio { get; init; }

    /// <summary>The number of draws.</summary>
    public required long Draws { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>Runs estimators on one problem.</summary>
    /// <param name="distribution">The distribution of z.</param>
    /// <param name="objective">f, as for <see cref="GradientEstimation.Measure"/>.</param>
    /// <param name="estimators">The estimators.</param>
    /// <param name="skipped">Is told of an estimator that doesn't apply, and why; null makes that an error.</param>
    /// <param name="cancellation">Stops between two repetitions.</param>
    public static IReadOnlyList<GradientComparison> Run(
        Distribution distribution, Func<Tensor, Tensor> objective, IEnumerable<GradientEstimatorOptions> estimators, Action<string>? skipped = null, CancellationToken cancellation = default)
    {
        List<GradientMeasurement> measured = [];
        foreach (GradientEstimatorOptions options in estimators)
        {
            try
            {
                measured.AddRange(GradientEstimation.Measure(distribution, objective, options, cancellation));
            }
            catch (Exception error) when (skipped is not null && error is NotSupportedException or NotReparameterizableException)
            {
                skipped!(error.Message);
            }
        }
        if (measured.Count == 0) return [];
        GradientTruth truth = GradientTruth.Of(distribution, objective, measured[0].Seed);
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
            Draws = row.Draws, Seed = row.Seed,
        };
    }

    // Two exact numbers differ by rounding at most.
    private static double ZScoreOf(double bias, double error, double magnitude)
    {
        double rounding = 1e-11 * magnitude;
        return Math.Abs(bias) <= rounding ? 0 : bias / Math.Max(error, rounding);
    }
}
