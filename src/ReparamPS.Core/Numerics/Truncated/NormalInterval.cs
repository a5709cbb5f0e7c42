using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics.Truncated;

/// <summary>
/// The standard normal between two bounds, one or both of which may be infinite. It is mirrored if needed so that most of it lies at or above zero, and
/// masses are kept in logarithms relative to the density at the nearest point to zero, so that an interval at 100 σ is as precise as one at 0.
/// </summary>
internal sealed class NormalInterval
{
    private const double Sqrt2 = 1.4142135623730951;

    // Above it the mean is too close to the lower bound for a difference of densities.
    private const double Tail = 2;

    // From here, the curvature of the density's logarithm is nothing beside its slope.
    private const double Straight = 1e8;

    private readonly double low, high, width, near, logMass;
    private QuantileConstants? quantiles;
    private (double First, double Second)? offsets;
    private (double Second, double Third, double Fourth)? moments;

    /// <summary>Creates the interval of two bounds and their distance, which has more digits than their difference.</summary>
    public NormalInterval(double alpha, double beta, double width)
    {
        (Alpha, Beta, this.width) = (alpha, beta, width);
        IsMirrored = alpha + beta < 0;
        (low, high) = IsMirrored ? (-beta, -alpha) : (alpha, beta);
        near = Math.Max(low, 0);
        logMass = LogMass(low, high, width, Math.Min(low, 0));
    }

    /// <summary>The lower bound.</summary>
    public double Alpha { get; }

    /// <summary>The upper bound.</summary>
    public double Beta { get; }

    private bool IsMirrored { get; }

    private double DensityAtLow => Math.Exp(near > 0 ? LogDensityAtAnchor : LogDensity(low));

    // From the width, which has more digits than the difference.
    private double DensityAtHigh => Math.Exp(near > 0 ? LogDensity(high, width) : LogDensity(high));

    /// <summary>The density at the lower bound.</summary>
    public double DensityAtAlpha => IsMirrored ? DensityAtHigh : DensityAtLow;

    /// <summary>The density at the upper bound.</summary>
    public double DensityAtBeta => IsMirrored ? DensityAtLow : DensityAtHigh;

    /// <summary>The part of the interval below x.</summary>
    public NormalInterval Below(double x, double fromAlpha) => new(Alpha, x, fromAlpha);

    /// <summary>The part of the interval above x.</summary>
    public NormalInterval Above(double x, double toBeta) => new(x, Beta, toBeta);

    /// <summary>The logarithm of the density at the anchor.</summary>
    public double LogDensityAtAnchor => -HalfLogTwoPi - logMass;

    /// <summary>The logarithm of the density at any x.</summary>
    public double LogDensity(double x) => LogDensity(x, Math.Abs(x) - near);

    /// <summary>The logarithm of the density at any x, with its distance from the anchor, which has more digits than the difference.</summary>
    public double LogDensity(double x, double fromAnchor) => -0.5 * Math.Abs(fromAnchor) * (Math.Abs(x) + near) - HalfLogTwoPi - logMass;

    /// <summary>log F(x), x with its distances from the bounds.</summary>
    public double LogCdf(double x, double fromAlpha, double toBeta) => fromAlpha <= 0 ? double.NegativeInfinity
        : toBeta <= 0 ? 0
        : (IsMirrored ? LogMass(-x, high, fromAlpha, near == 0 ? -x : toBeta) : LogMass(low, x, fromAlpha, Math.Min(low, 0))) - logMass;

    /// <summary>log(1 − F(x)), x with its distances from the bounds.</summary>
    public double LogSurvival(double x, double fromAlpha, double toBeta) => toBeta <= 0 ? double.NegativeInfinity
        : fromAlpha <= 0 ? 0
        : (IsMirrored ? LogMass(low, -x, toBeta, Math.Min(low, 0)) : LogMass(x, high, toBeta, near == 0 ? x : fromAlpha)) - logMass;

    /// <summary>F⁻¹(p), and its distance from a bound if that has more digits: positive from the lower bound, negative from the upper bound, otherwise 0.</summary>
    public (double X, double FromBound) Quantile(double p)
    {
        if (!(p > 0 && p < 1)) return (p <= 0 ? Alpha : p >= 1 ? Beta : double.NaN, 0);
        (double below, double above) = IsMirrored ? (1 - p, p) : (p, 1 - p);
        QuantileConstants constants = quantiles ??= new QuantileConstants(low, high, width, DensityAtLow, DensityAtHigh);
        double x, fromLow = 0;
        if (above <= below && above < constants.NearHigh) x = high + (fromLow = -DistanceFrom(high, above, inward: -1, below, above));
        else if (low > 0.5) x = low + (fromLow = TailQuantile(below, above));
        else if (below <= above && below < constants.NearLow) x = low + (fromLow = DistanceFrom(low, below, inward: 1, below, above));
        else x = constants.Central(below, above);
        x = Math.Clamp(x, low, high);
        return IsMirrored ? (-x, -fromLow) : (x, fromLow);
    }

    /// <summary>The point nearest to zero, from which moments are measured.</summary>
    public double Anchor => IsMirrored ? -near : near;

    /// <summary>E[t] − anchor and E[t²] − anchor².</summary>
    public (double First, double Second) Offsets()
    {
        offsets ??= ComputeOffsets();
        return IsMirrored ? (-offsets.Value.First, offsets.Value.Second) : offsets.Value;
    }

    /// <summary>The second, third and fourth central moments.</summary>
    public (double Second, double Third, double Fourth) CentralMoments()
    {
        moments ??= ComputeMoments();
        return IsMirrored ? moments.Value with { Third = -moments.Value.Third } : moments.Value;
    }

    /// <summary>The entropy: −E[log p] relative to the density at the anchor.</summary>
    public double Entropy() => logMass + HalfLogTwoPi + 0.5 * Offsets().Second;

    /// <summary>Whether the density falls like an exponential from the anchor, to the last digit.</summary>
    public bool IsExponential => near > Straight && width * near > 50;

    /// <summary>The distance from the anchor to a point, given with its distances from the bounds.</summary>
    public double FromAnchor(double x, double fromAlpha, double toBeta) => near == 0 ? x : IsMirrored ? -toBeta : fromAlpha;

    /// <summary>The distance from the anchor to that of the part on one side of a point: to the point if it cuts the anchor off.</summary>
    public double ToAnchorOf(NormalInterval part, double x, double fromAlpha, double toBeta, bool isLower) =>
        near == 0 ? part.Anchor : isLower == IsMirrored ? FromAnchor(x, fromAlpha, toBeta) : 0;

    // Whether the density hardly changes over an interval.
    private static bool IsNarrow(double end, double width) => width * Math.Max(1, end) < 1;

    // log of the mass between two points, plus near²/2; with their distance, and that of the first one from near.
    private double LogMass(double from, double to, double width, double offset)
    {
        if (from + to < 0) (from, to, offset) = (-to, -from, -to);
        if (IsNarrow(to, width))
        {
            double middle = from + 0.5 * width, sum = 0;
            for (int i = 0; i < GaussLegendre.Short.Count; i++)
            {
                (double t, double weight) = GaussLegendre.Short.Node(i, -0.5 * width, width);
                sum += weight * Math.Exp(-t * (0.5 * t + middle));
            }
            return Math.Log(sum) - HalfLogTwoPi - 0.5 * (offset + 0.5 * width) * (middle + near);
        }
        if (from <= 0) return Log1p(-NormalTail.Cdf(from) - NormalTail.Cdf(-to)) + 0.5 * near * near;
        double inner = NormalTail.Erfcx(from / Sqrt2);
        double outer = double.IsInfinity(to) ? 0 : Math.Exp(-0.5 * width * (from + to)) * NormalTail.Erfcx(to / Sqrt2);
        return Math.Log(0.5 * (inner - outer)) - 0.5 * offset * (from + near);
    }

    // The distance from a bound that contains a probability, by Newton's method on the logarithm of the mass, which is concave.
    private double DistanceFrom(double bound, double probability, int inward, double below, double above)
    {
        double direct = quantiles!.DistanceFromBound(inward > 0, below, above);
        if (!double.IsNaN(direct)) return Math.Min(direct, width);
        double target = Math.Log(probability) + logMass, distance = Math.Min(width, probability * Math.Exp(-LogDensity(bound)));
        for (int i = 0; i < 30; i++)
        {
            double inner = bound + inward * distance;
            double log = inward > 0 ? LogMass(bound, inner, distance, Math.Min(low, 0)) : LogMass(inner, bound, distance, near == 0 ? inner : width - distance);
            double step = (target - log) * Math.Exp(log - LogDensity(inner) - logMass);
            distance = Math.Clamp(distance + step, 0.1 * distance, width);
            if (Math.Abs(step) <= 1e-15 * distance) break;
        }
        return distance;
    }

    // In the upper tail: the distance from the bound by Newton's method on log Q, from the quantile of the exponential-like tail.
    private double TailQuantile(double below, double above)
    {
        (double inner, double ratio) = quantiles!.Tail;
        double target = below < 0.5 ? Log1p(-below * (1 - ratio)) : Math.Log(above + below * ratio);
        double distance = -2 * target / (low + Math.Sqrt(low * low - 2 * target));
        for (int i = 0; i < 30; i++)
        {
            double scaled = NormalTail.Erfcx((low + distance) / Sqrt2);
            double excess = -distance * (low + 0.5 * distance) + Math.Log(scaled / inner) - target;
            double step = excess * scaled * Math.Sqrt(Math.PI / 2);
            distance = Math.Max(0, distance + step);
            if (Math.Abs(step) <= 1e-15 * distance) break;
        }
        return distance;
    }

    private (double First, double Second) ComputeOffsets()
    {
        if (IsNarrow(high, width)) return Average(low - near, width, GaussLegendre.Short, near);
        if (near > Tail) return Average(0, Math.Min(width, Reach), GaussLegendre.Long, near);
        (double atLow, double atHigh) = (DensityAtLow, DensityAtHigh);
        return (atLow - atHigh - near, 1 + (atLow > 0 ? low * atLow : 0) - (atHigh > 0 ? high * atHigh : 0) - near * near);
    }

    // Where the density has fallen by exp(−45).
    private double Reach => 90 / (near + (near < 1e9 ? Math.Sqrt(near * near + 90) : near));

    // The means of u and u (u + 2 anchor) over an interval of u = t − anchor.
    private static (double First, double Second) Average(double from, double width, GaussLegendre rule, double anchor)
    {
        double mass = 0, first = 0, second = 0;
        for (int i = 0; i < rule.Count; i++)
        {
            // Weights of a unit interval: those of a tiny one could underflow.
            (double share, double weight) = rule.Node(i, 0, 1);
            double u = from + share * width, twice = u * (u + 2 * anchor), term = weight * Math.Exp(-0.5 * twice);
            mass += term;
            first += term * u;
            second += term * twice;
        }
        return (first / mass, second / mass);
    }

    private (double Second, double Third, double Fourth) ComputeMoments()
    {
        double center = IsMirrored ? -Offsets().First : Offsets().First, mass = 0, second = 0, third = 0, fourth = 0;
        double from = Math.Max(low, -Reach) - near, to = Math.Min(low > 0 ? width : high, Reach);
        for (int i = 0; i < GaussLegendre.Long.Count; i++)
        {
            (double u, double weight) = GaussLegendre.Long.Node(i, from, to - from);
            double term = weight * Math.Exp(-0.5 * u * (u + 2 * near)), c = u - center, square = c * c;
            mass += term;
            second += term * square;
            third += term * square * c;
            fourth += term * square * square;
        }
        return (second / mass, from == -to && near == 0 ? 0 : third / mass, fourth / mass);
    }
}
