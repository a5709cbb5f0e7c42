using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference.Evaluation;

/// <summary>An element of a parameter under a fit, in constrained space.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Index">The index, empty for a scalar.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StdDev">The standard deviation.</param>
/// <param name="Q5">The 5 % quantile.</param>
/// <param name="Median">The median.</param>
/// <param name="Q95">The 95 % quantile.</param>
/// <param name="MonteCarloError">The standard error of <paramref name="Mean"/> from the number of draws; it says nothing about the fit's bias.</param>
/// <param name="ImportanceMean">The mean as importance weights correct it.</param>
/// <param name="ImportanceStdDev">The standard deviation as importance weights correct it.</param>
public sealed record PosteriorSummary(
    string Parameter, string Index, double Mean, double StdDev, double Q5, double Median, double Q95, double MonteCarloError, double ImportanceMean, double ImportanceStdDev)
{
    /// <summary>Summarizes a fit, an element of each parameter at a time.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="draws">Fresh draws.</param>
    /// <param name="seed">Their seed; null follows from the fit's.</param>
    /// <param name="generator">Their generator.</param>
    /// <param name="cancellation">Stops between two parts of the draws.</param>
    public static IReadOnlyList<PosteriorSummary> Of(VariationalFit fit, int draws = 10_000, long? seed = null, RandomGenerator generator = RandomGenerator.Torch, CancellationToken cancellation = default)
    {
        WeightedDraws drawn = WeightedDraws.Of(fit, draws, new RandomSeed(seed ?? FitCertificate.DefaultSeed(fit), generator), cancellation);
        return [.. PosteriorDraws.Columns(fit.Model, drawn.Points, draws).Select(column =>
        {
            (double mean, double spread) = drawn.Moments(column.Values, isWeighted: false);
            (double corrected, double correctedSpread) = drawn.Moments(column.Values, isWeighted: true);
            double[] sorted = [.. column.Values.Order()];
            return new PosteriorSummary(
                column.Parameter, column.Index, mean, spread, Quantile(sorted, 0.05), Quantile(sorted, 0.5), Quantile(sorted, 0.95), spread / Math.Sqrt(draws), corrected, correctedSpread);
        })];
    }

    private static double Quantile(double[] sorted, double probability)
    {
        double at = probability * (sorted.Length - 1);
        int below = (int)at;
        return sorted[below] + (at - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]);
    }
}
