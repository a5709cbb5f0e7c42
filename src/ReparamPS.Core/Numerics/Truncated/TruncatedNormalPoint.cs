namespace ReparamPS.Numerics.Truncated;

/// <summary>
/// The truncated normal's functions of (value or probability, if there is one, Loc, Scale, Low, High), with their derivatives. A slope in Loc or Scale is a difference of means of
/// the score, t / Scale or t² / Scale: the sum of the slopes in the standardized point and bounds would cancel in short intervals and far tails.
/// </summary>
internal static class TruncatedNormalPoint
{
    // A sum is used only if at least this fraction survives cancellation.
    private const double Kept = 0.05;

    private const double Short = 1e-100;

    [ThreadStatic]
    private static Standardization? last;

    /// <summary>The log-density at the point nearest to Loc, of (Loc, Scale, Low, High). What the distance from that point takes off has slopes of its own, and the point counts as fixed.</summary>
    public static void LogDensityAtAnchor(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = StandardizationOf(at).Interval;
        double scale = at[1];
        to[0] = interval.LogDensityAtAnchor - Math.Log(scale);
        if (to.Length == 1) return;
        (double first, double second) = interval.Offsets();
        (to[1], to[2]) = (-first / scale, -second / scale);
        (to[3], to[4]) = (interval.DensityAtAlpha / scale, -interval.DensityAtBeta / scale);
    }

    /// <summary>log F.</summary>
    public static void LogCdf(ReadOnlySpan<double> at, Span<double> to) => LogTail(at, to, isLower: true);

    /// <summary>log(1 − F).</summary>
    public static void LogSurvival(ReadOnlySpan<double> at, Span<double> to) => LogTail(at, to, isLower: false);

    /// <summary>F⁻¹.</summary>
    public static void Quantile(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = IntervalOf(at[1..]);
        (double p, double loc, double scale, double low, double high) = (at[0], at[1], at[2], at[3], at[4]);
        (double x, double fromBound) = interval.Quantile(p);
        double value = p == 0 ? low : p == 1 ? high : fromBound > 0 ? low + scale * fromBound : fromBound < 0 ? high + scale * fromBound : loc + scale * x;
        to[0] = value = Math.Min(Math.Max(value, low), high);
        if (to.Length == 1 || double.IsInfinity(value)) return;
        // Close to a bound, the distance from it has more digits than x.
        (double fromAlpha, double toBeta) = (fromBound > 0 ? fromBound : (value - low) / scale, fromBound < 0 ? -fromBound : (high - value) / scale);
        double log = interval.LogDensity(x, interval.FromAnchor(x, fromAlpha, toBeta));
        to[1] = scale * Math.Exp(-log);
        double ofLow = to[4] = (1 - p) * Math.Exp(interval.LogDensity(interval.Alpha, interval.FromAnchor(interval.Alpha, 0, WidthOf(at[1..]))) - log);
        double ofHigh = to[5] = p * Math.Exp(interval.LogDensity(interval.Beta, interval.FromAnchor(interval.Beta, WidthOf(at[1..]), 0)) - log);
        if (p is 0 or 1) return;
        double fromLow = ofLow > 0 ? interval.Alpha * ofLow : 0, fromHigh = ofHigh > 0 ? interval.Beta * ofHigh : 0;
        (to[2], to[3]) = (1 - ofLow - ofHigh, x - fromLow - fromHigh);
        if (to[2] > Kept && Math.Abs(to[3]) > Kept * (Math.Abs(x) + Math.Abs(fromLow) + Math.Abs(fromHigh))) return;
        if (fromAlpha <= 0 || toBeta <= 0) return;
        bool isLower = p < 0.5;
        (NormalInterval part, double first, double second) = Shift(interval, x, fromAlpha, toBeta, isLower);
        double factor = (isLower ? -1 : 1) * Math.Exp(-part.LogDensity(x, part.FromAnchor(x, isLower ? fromAlpha : 0, isLower ? 0 : toBeta)));
        (to[2], to[3]) = (factor * first, factor * second);
    }

    /// <summary>The mean.</summary>
    public static void Mean(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = IntervalOf(at);
        (double scale, double first) = (at[1], interval.Offsets().First);
        to[0] = scale * first + (interval.Anchor == 0 ? at[0] : interval.Anchor > 0 ? at[2] : at[3]);
        if (to.Length == 1) return;
        (double second, double third, _) = interval.CentralMoments();
        double mean = interval.Anchor + first;
        (to[1], to[2]) = (second, third + 2 * mean * second);
        to[3] = Finite(first - interval.FromAnchor(interval.Alpha, 0, WidthOf(at))) * interval.DensityAtAlpha;
        to[4] = Finite(interval.FromAnchor(interval.Beta, WidthOf(at), 0) - first) * interval.DensityAtBeta;
    }

    /// <summary>The variance.</summary>
    public static void Variance(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = IntervalOf(at);
        double scale = at[1], first = interval.Offsets().First, mean = interval.Anchor + first;
        (double second, double third, double fourth) = interval.CentralMoments();
        double width = at[3] - at[2];
        // In a very short interval the distribution is uniform, and powers of the scale can overflow.
        to[0] = width < Short * scale ? width * width / 12 : scale * scale * second;
        if (to.Length == 1) return;
        (to[1], to[2]) = (scale * third, scale * (fourth + 2 * mean * third - second * second));
        double fromAlpha = first - interval.FromAnchor(interval.Alpha, 0, WidthOf(at)), toBeta = interval.FromAnchor(interval.Beta, WidthOf(at), 0) - first;
        to[3] = scale * (second - Finite(fromAlpha * fromAlpha)) * interval.DensityAtAlpha;
        to[4] = scale * (Finite(toBeta * toBeta) - second) * interval.DensityAtBeta;
    }

    /// <summary>The entropy.</summary>
    public static void Entropy(ReadOnlySpan<double> at, Span<double> to)
    {
        NormalInterval interval = IntervalOf(at);
        double scale = at[1], entropy = interval.Entropy(), mean = interval.Anchor + interval.Offsets().First;
        to[0] = Math.Log(scale) + entropy;
        if (to.Length == 1) return;
        if (interval.IsExponential)
        {
            // 1 − log of the rate, whose slopes are left of terms that cancel.
            double slope = 1 / (interval.Anchor * scale);
            (to[1], to[2], to[interval.Anchor > 0 ? 3 : 4]) = (slope, 2 / scale, -slope);
            return;
        }
        (double second, double third, double fourth) = interval.CentralMoments();
        to[1] = 0.5 * (third + 2 * mean * second) / scale;
        to[2] = 0.5 * (fourth - second * second + 4 * mean * (third + mean * second)) / scale;
        to[3] = Finite(entropy + interval.LogDensity(interval.Alpha) - 1) * interval.DensityAtAlpha / scale;
        to[4] = -Finite(entropy + interval.LogDensity(interval.Beta) - 1) * interval.DensityAtBeta / scale;
    }

    private static void LogTail(ReadOnlySpan<double> at, Span<double> to, bool isLower)
    {
        NormalInterval interval = IntervalOf(at[1..]);
        (double x, double fromAlpha, double toBeta) = PointOf(at);
        double scale = at[2], logBelow = interval.LogCdf(x, fromAlpha, toBeta), logAbove = interval.LogSurvival(x, fromAlpha, toBeta);
        (double log, double logRest) = isLower ? (logBelow, logAbove) : (logAbove, logBelow);
        to[0] = PreferSmaller(log, logRest);
        // The square of x overflows.
        if (double.IsNaN(to[0]) && !double.IsNaN(x)) to[0] = isLower == x > 0 ? 0 : double.NegativeInfinity;
        if (to.Length == 1 || to[0] == 0 || double.IsInfinity(to[0])) return;
        // The smaller tail's slopes: those of the other tail are the same times −(smaller / larger).
        bool isLowerSmaller = logBelow < logAbove;
        (NormalInterval part, double first, double second) = Shift(interval, x, fromAlpha, toBeta, isLowerSmaller);
        double ratio = isLower == isLowerSmaller ? 1 : -Math.Exp(logRest - to[0]);
        to[1] = ratio * (isLowerSmaller ? part.DensityAtBeta : -part.DensityAtAlpha) / scale;
        (to[2], to[3]) = (ratio * first / scale, ratio * second / scale);
        double above = Math.Exp(isLowerSmaller ? logAbove : logBelow);
        to[4] = ratio * (isLowerSmaller ? -above * part.DensityAtAlpha : interval.DensityAtAlpha) / scale;
        to[5] = ratio * (isLowerSmaller ? -interval.DensityAtBeta : above * part.DensityAtBeta) / scale;
    }

    // The part of the interval on one side of x, and how far its means of t and t² are from those of the whole.
    private static (NormalInterval Part, double First, double Second) Shift(NormalInterval interval, double x, double fromAlpha, double toBeta, bool isLower)
    {
        NormalInterval part = isLower ? interval.Below(x, fromAlpha) : interval.Above(x, toBeta);
        (double first, double second) = part.Offsets();
        (double wholeFirst, double wholeSecond) = interval.Offsets();
        double moved = interval.ToAnchorOf(part, x, fromAlpha, toBeta, isLower);
        return (part, moved + first - wholeFirst, moved * (moved + 2 * interval.Anchor) + second - wholeSecond);
    }

    private static NormalInterval IntervalOf(ReadOnlySpan<double> parameters) => StandardizationOf(parameters).Interval;

    private static Standardization StandardizationOf(ReadOnlySpan<double> parameters) =>
        last is { } kept && kept.Low == parameters[2] && kept.High == parameters[3] && kept.Loc == parameters[0] && kept.Scale == parameters[1] ? kept : last = new Standardization(parameters);

    private static double WidthOf(ReadOnlySpan<double> parameters) => (parameters[3] - parameters[2]) / parameters[1];

    // The standardized value and its distances from the bounds, which have more digits than differences of standardized values.
    private static (double X, double FromAlpha, double ToBeta) PointOf(ReadOnlySpan<double> at) => ((at[0] - at[1]) / at[2], (at[0] - at[3]) / at[2], (at[4] - at[0]) / at[2]);

    // Near a probability of 1, the complement has more digits.
    private static double PreferSmaller(double log, double logRest) => log > -0.5 && logRest < log ? GammaFunctions.Log1p(-Math.Exp(logRest)) : log;

    // At an infinite bound, the density is zero for any factor.
    private static double Finite(double factor) => double.IsFinite(factor) ? factor : 0;

    // What depends on the parameters alone. The last one is kept, because most calls repeat their parameters.
    private sealed class Standardization(ReadOnlySpan<double> parameters)
    {
        public double Loc { get; } = parameters[0];

        public double Scale { get; } = parameters[1];

        public double Low { get; } = parameters[2];

        public double High { get; } = parameters[3];

        public NormalInterval Interval { get; } = new((parameters[2] - parameters[0]) / parameters[1], (parameters[3] - parameters[0]) / parameters[1], WidthOf(parameters));
    }
}
