namespace ReparamPS.Numerics.Truncated;

/// <summary>
/// The truncated standard normal's functions with their derivatives. Arguments: the value (or probability), α, β, β − α, and, if there is a value, its
/// distances from α and to β.
/// </summary>
internal static class TruncatedNormalPoint
{
    /// <summary>The log-density.</summary>
    public static void LogDensity(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[1], at[2], at[3]);
        to[0] = interval.LogDensity(at[0]);
        if (to.Length > 1) (to[1], to[2], to[3]) = (-at[0], interval.DensityAtAlpha, -interval.DensityAtBeta);
    }

    /// <summary>log F.</summary>
    public static void LogCdf(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[1], at[2], at[3]);
        double log = interval.LogCdf(at[0], at[4]), logRest = interval.LogSurvival(at[0], at[5]);
        to[0] = log = PreferSmaller(log, logRest);
        if (to.Length == 1 || log == 0 || double.IsInfinity(log)) return;
        to[1] = Math.Exp(interval.LogDensity(at[0]) - log);
        to[2] = -Math.Exp(logRest + interval.LogDensity(at[1]) - log);
        to[3] = -interval.DensityAtBeta;
    }

    /// <summary>log(1 − F).</summary>
    public static void LogSurvival(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[1], at[2], at[3]);
        double log = interval.LogSurvival(at[0], at[5]), logRest = interval.LogCdf(at[0], at[4]);
        to[0] = log = PreferSmaller(log, logRest);
        if (to.Length == 1 || log == 0 || double.IsInfinity(log)) return;
        to[1] = -Math.Exp(interval.LogDensity(at[0]) - log);
        to[2] = interval.DensityAtAlpha;
        to[3] = Math.Exp(logRest + interval.LogDensity(at[2]) - log);
    }

    /// <summary>The quantile, its distance from a bound as in <see cref="NormalInterval.Quantile"/>, and the derivatives.</summary>
    public static void Quantile(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[1], at[2], at[3]);
        (double x, to[1]) = interval.Quantile(at[0]);
        to[0] = x;
        if (to.Length == 2 || double.IsInfinity(x)) return;
        double log = interval.LogDensity(x);
        to[2] = Math.Exp(-log);
        to[3] = (1 - at[0]) * Math.Exp(interval.LogDensity(at[1]) - log);
        to[4] = at[0] * Math.Exp(interval.LogDensity(at[2]) - log);
    }

    /// <summary>The mean of (α, β, β − α).</summary>
    public static void Mean(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[0], at[1], at[2]);
        double mean = to[0] = interval.Moments().Mean;
        if (to.Length == 1) return;
        to[1] = Finite(mean - at[0]) * interval.DensityAtAlpha;
        to[2] = Finite(at[1] - mean) * interval.DensityAtBeta;
    }

    /// <summary>The variance of (α, β, β − α).</summary>
    public static void Variance(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[0], at[1], at[2]);
        (double mean, double variance) = interval.Moments();
        to[0] = variance;
        if (to.Length == 1) return;
        to[1] = (variance - Finite((at[0] - mean) * (at[0] - mean))) * interval.DensityAtAlpha;
        to[2] = (Finite((at[1] - mean) * (at[1] - mean)) - variance) * interval.DensityAtBeta;
    }

    /// <summary>The entropy of (α, β, β − α).</summary>
    public static void Entropy(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = NormalInterval.Of(at[0], at[1], at[2]);
        double entropy = to[0] = interval.Entropy();
        if (to.Length == 1) return;
        to[1] = Finite(entropy + interval.LogDensity(at[0]) - 1) * interval.DensityAtAlpha;
        to[2] = -Finite(entropy + interval.LogDensity(at[1]) - 1) * interval.DensityAtBeta;
    }

    // Near a probability of 1, the complement has more digits.
    private static double PreferSmaller(double log, double logRest) => log > -0.5 && logRest < log ? GammaFunctions.Log1p(-Math.Exp(logRest)) : log;

    // At an infinite bound, the density is zero for any factor.
    private static double Finite(double factor) => double.IsFinite(factor) ? factor : 0;
}
