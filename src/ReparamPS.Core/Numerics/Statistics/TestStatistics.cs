namespace ReparamPS.Numerics.Statistics;

/// <summary>The probabilities of test statistics.</summary>
internal static class TestStatistics
{
    /// <summary>The largest distance of the empirical CDF of sorted uniform numbers from the diagonal.</summary>
    public static double KolmogorovDistance(double[] sorted) => KolmogorovDistance(sorted, sorted);

    /// <summary>The least distance for uniform numbers that are known between bounds only.</summary>
    /// <param name="low">The sorted lower bounds.</param>
    /// <param name="high">The sorted upper bounds.</param>
    public static double KolmogorovDistance(double[] low, double[] high)
    {
        double distance = 0;
        for (int i = 0; i < low.Length; i++)
            distance = Math.Max(distance, Math.Max(((double)(i + 1) / low.Length) - high[i], low[i] - ((double)i / low.Length)));
        return distance;
    }

    /// <summary>The probability of a larger distance (Stephens 1970, J. Royal Statistical Society B 32).</summary>
    public static double KolmogorovPValue(double distance, int count)
    {
        double root = Math.Sqrt(count), t = (root + 0.12 + (0.11 / root)) * distance, sum = 0;
        if (t < 0.3) return 1;
        for (int j = 1; j <= 100; j++) sum += (j % 2 == 1 ? 2 : -2) * Math.Exp(-2 * j * j * t * t);
        return Math.Clamp(sum, 0, 1);
    }

    /// <summary>The probability of a larger χ².</summary>
    public static double ChiSquarePValue(double statistic, int degrees) => degrees == 0 ? 1 : IncompleteGamma.Evaluate(degrees / 2.0, statistic / 2).Q;

    /// <summary>The probability of a standard normal number further from 0.</summary>
    public static double NormalPValue(double z) => double.IsNaN(z) ? 0 : IncompleteGamma.Evaluate(0.5, z * z / 2).Q;
}
