namespace ReparamPS.Numerics.Truncated;

/// <summary>What all quantiles of the standard normal between two bounds share.</summary>
internal sealed class QuantileConstants
{
    private const double Sqrt2 = 1.4142135623730951;

    // Below it, the rational functions of the quantile do not apply.
    private const double Smallest = 1e-290;

    // A steeper density, relative to its value at the bound, is left to other methods.
    private const double SteepestSlope = 8;

    private readonly double belowLow, aboveLow, belowHigh, aboveHigh, low, high, width;
    private (double Inner, double Ratio)? tail;

    /// <summary>Computes the constants of two bounds, their distance, and the densities at them.</summary>
    public QuantileConstants(double low, double high, double width, double densityAtLow, double densityAtHigh)
    {
        (this.low, this.high, this.width) = (low, high, width);
        (belowLow, aboveLow, belowHigh, aboveHigh) = (NormalTail.Cdf(low), NormalTail.Cdf(-low), NormalTail.Cdf(high), NormalTail.Cdf(-high));
        (InverseAtLow, InverseAtHigh) = (1 / densityAtLow, 1 / densityAtHigh);
        NearLow = Near(low, densityAtLow);
        NearHigh = Near(high, densityAtHigh);
    }

    /// <summary>Below this probability from the lower bound, the density hardly changes.</summary>
    public double NearLow { get; }

    /// <summary>Below this probability from the upper bound, the density hardly changes.</summary>
    public double NearHigh { get; }

    /// <summary>1 / density at the lower bound.</summary>
    public double InverseAtLow { get; }

    /// <summary>1 / density at the upper bound.</summary>
    public double InverseAtHigh { get; }

    /// <summary>At a lower bound in the tail: exp(x²/2) times the tail beyond it, without a constant, and what part of that lies beyond the upper bound.</summary>
    public (double Inner, double Ratio) Tail => tail ??= ComputeTail();

    /// <summary>The quantile of two complementary probabilities, unless it lies in a tail.</summary>
    public double Central(double below, double above)
    {
        double upper = above * aboveLow + below * aboveHigh;
        return upper < 0.5 ? -Lower(upper) : Lower(above * belowLow + below * belowHigh);
    }

    /// <summary>The distance from a bound that contains a probability; NaN where the series does not apply.</summary>
    /// <param name="isLow">Whether it is the lower bound.</param>
    /// <param name="below">The probability below the quantile.</param>
    /// <param name="above">The probability above it.</param>
    public double DistanceFromBound(bool isLow, double below, double above)
    {
        // Relative to the density at the bound, the density at a distance s is exp(−k s − s²/2).
        (double k, double mass) = isLow ? (low, below * InverseAtLow) : (-high, above * InverseAtHigh);
        if (Math.Abs(k) > SteepestSlope || low > 0.5) return double.NaN;
        double square = k * k;
        if (mass * Math.Max(1, Math.Abs(k)) < 1e-3) return mass * (1 + mass * (k / 2 + mass * ((1 + 2 * square) / 6 + mass * (k * (7 + 6 * square) / 24 + mass * (7 + square * (46 + 24 * square)) / 120))));
        double quantile = Central(below, above), distance = isLow ? quantile - low : high - quantile;
        if (distance > 0.05) return distance;
        // One step of Newton's method, because a difference of two numbers has fewer digits.
        return distance + (mass - Mass(k, distance)) * Math.Exp(distance * (k + 0.5 * distance));
    }

    // ∫ exp(−k s − s²/2) from 0 to a distance.
    private static double Mass(double k, double distance)
    {
        double previous = 0, term = distance, sum = term;
        for (int n = 1; n < 60; n++)
        {
            (previous, term) = (term, -(k * term + distance * previous) * distance / n);
            sum += term / (n + 1);
            // A single term can be zero.
            if (Math.Abs(term) + Math.Abs(previous) * distance < 1e-18 * sum) break;
        }
        return sum;
    }

    private static double Lower(double probability) => probability > Smallest ? NormalQuantile.Of(probability) : NormalTail.QuantileOfLog(Math.Log(probability));

    private static double Near(double bound, double density) => double.IsFinite(bound) ? 0.5 * density / Math.Max(1, Math.Abs(bound)) : 0;

    private (double Inner, double Ratio) ComputeTail()
    {
        double inner = NormalTail.Erfcx(low / Sqrt2);
        return (inner, double.IsInfinity(high) ? 0 : Math.Exp(-0.5 * width * (high + low)) * NormalTail.Erfcx(high / Sqrt2) / inner);
    }
}
