using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics.Truncated;

/// <summary>
/// The standard normal between two bounds, one or both of which may be infinite. It is mirrored if needed so that most of it lies at or above zero, and
/// masses are kept in logarithms relative to the density at the nearest point to zero, so that an interval at 100 σ is as precise as one at 0.
/// </summary>
internal sealed class NormalInterval
{
    private const double Sqrt2 = 1.4142135623730951;

    [ThreadStatic]
    private static NormalInterval? last;

    private readonly double low, high, width, near, logMass;
    private (double Mean, double Variance)? moments;

    private NormalInterval(double alpha, double beta, double width)
    {
        (Alpha, Beta, this.width) = (alpha, beta, width);
        IsMirrored = alpha + beta < 0;
        (low, high) = IsMirrored ? (-beta, -alpha) : (alpha, beta);
        near = Math.Max(low, 0);
        logMass = LogMass(low, high, width);
    }

    /// <summary>The lower bound.</summary>
    public double Alpha { get; }

    /// <summary>The upper bound.</summary>
    public double Beta { get; }

    private bool IsMirrored { get; }

    /// <summary>The density at the lower bound.</summary>
    public double DensityAtAlpha => Math.Exp(LogDensity(Alpha));

    /// <summary>The density at the upper bound.</summary>
    public double DensityAtBeta => Math.Exp(LogDensity(Beta));

    /// <summary>The interval of two bounds and their distance, which has more digits than their difference. The last interval is cached, because most calls repeat their parameters.</summary>
    public static NormalInterval Of(double alpha, double beta, double width) =>
        last is { } kept && kept.Alpha == alpha && kept.Beta == beta && kept.width == width ? kept : last = new NormalInterval(alpha, beta, width);

    /// <summary>The logarithm of the density at any x.</summary>
    public double LogDensity(double x) => -0.5 * (Math.Abs(x) - near) * (Math.Abs(x) + near) - HalfLogTwoPi - logMass;

    /// <summary>log F(x), x with its distance from the lower bound.</summary>
    public double LogCdf(double x, double fromAlpha) => fromAlpha <= 0 ? double.NegativeInfinity
        : x >= Beta ? 0
        : (IsMirrored ? LogMass(-x, high, fromAlpha) : LogMass(low, x, fromAlpha)) - logMass;

    /// <summary>log(1 − F(x)), x with its distance from the upper bound.</summary>
    public double LogSurvival(double x, double toBeta) => toBeta <= 0 ? double.NegativeInfinity
        : x <= Alpha ? 0
        : (IsMirrored ? LogMass(low, -x, toBeta) : LogMass(x, high, toBeta)) - logMass;

    /// <summary>F⁻¹(p), and its distance from a bound if that has more digits: positive from the lower bound, negative from the upper bound, otherwise 0.</summary>
    public (double X, double FromBound) Quantile(double p)
    {
        if (!(p > 0 && p < 1)) return (p <= 0 ? Alpha : p >= 1 ? Beta : double.NaN, 0);
        (double below, double above) = IsMirrored ? (1 - p, p) : (p, 1 - p);
        double x, fromLow = 0;
        if (above <= below && IsNear(high, above)) x = high + (fromLow = -DistanceFrom(high, above, inward: -1));
        else if (low > 0.5) x = low + (fromLow = TailQuantile(below, above));
        else if (below <= above && IsNear(low, below)) x = low + (fromLow = DistanceFrom(low, below, inward: 1));
        else x = CentralQuantile(below, above);
        x = Math.Clamp(x, low, high);
        return IsMirrored ? (-x, -fromLow) : (x, fromLow);
    }

    /// <summary>Mean and variance.</summary>
    public (double Mean, double Variance) Moments() => moments ??= ComputeMoments();

    /// <summary>The entropy.</summary>
    public double Entropy()
    {
        // −E[log p], relative to the density at the point nearest to zero as everything here.
        (double mean, double variance) = Moments();
        if (IsMirrored) mean = -mean;
        return logMass + HalfLogTwoPi + 0.5 * (variance + (mean - near) * (mean + near));
    }

    // log of the mass between two points, plus near²/2.
    private double LogMass(double from, double to, double width)
    {
        if (from + to < 0) (from, to) = (-to, -from);
        if (width * Math.Max(1, to) < 1)
        {
            double middle = from + 0.5 * width, sum = 0;
            for (int i = 0; i < GaussLegendre.Short.Count; i++)
            {
                (double t, double weight) = GaussLegendre.Short.Node(i, -0.5 * width, width);
                sum += weight * Math.Exp(-t * (0.5 * t + middle));
            }
            return Math.Log(sum) - HalfLogTwoPi - 0.5 * (middle - near) * (middle + near);
        }
        if (from <= 0) return Log1p(-NormalTail.Cdf(from) - NormalTail.Cdf(-to)) + 0.5 * near * near;
        double inner = NormalTail.Erfcx(from / Sqrt2);
        double outer = double.IsInfinity(to) ? 0 : Math.Exp(-0.5 * width * (from + to)) * NormalTail.Erfcx(to / Sqrt2);
        return Math.Log(0.5 * (inner - outer)) - 0.5 * (from - near) * (from + near);
    }

    // Whether the quantile lies so close to a bound that the density hardly changes.
    private bool IsNear(double bound, double probability) =>
        double.IsFinite(bound) && probability < 0.5 * Math.Exp(LogDensity(bound)) / Math.Max(1, Math.Abs(bound));

    // The distance from a bound that contains a probability, by Newton's method on the logarithm of the mass, which is concave.
    private double DistanceFrom(double bound, double probability, int inward)
    {
        double target = Math.Log(probability) + logMass, distance = Math.Min(width, probability * Math.Exp(-LogDensity(bound)));
        for (int i = 0; i < 30; i++)
        {
            double inner = bound + inward * distance;
            double log = inward > 0 ? LogMass(bound, inner, distance) : LogMass(inner, bound, distance);
            double step = (target - log) * Math.Exp(log - LogDensity(inner) - logMass);
            distance = Math.Clamp(distance + step, 0.1 * distance, width);
            if (Math.Abs(step) <= 1e-15 * distance) break;
        }
        return distance;
    }

    // In the upper tail: the distance from the bound by Newton's method on log Q, from the quantile of the exponential-like tail.
    private double TailQuantile(double below, double above)
    {
        double inner = NormalTail.Erfcx(low / Sqrt2);
        double ratio = double.IsInfinity(high) ? 0 : Math.Exp(-0.5 * width * (high + low)) * NormalTail.Erfcx(high / Sqrt2) / inner;
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

    private double CentralQuantile(double below, double above)
    {
        double upper = above * NormalTail.Cdf(-low) + below * NormalTail.Cdf(-high);
        if (upper < 0.5) return -NormalTail.QuantileOfLog(Math.Log(upper));
        return NormalTail.QuantileOfLog(Math.Log(above * NormalTail.Cdf(low) + below * NormalTail.Cdf(high)));
    }

    private (double Mean, double Variance) ComputeMoments()
    {
        // The density is truncated where it has fallen by exp(−45).
        double from = Math.Max(low, -9.5), to = Math.Min(high, near + 90 / (near + Math.Sqrt(near * near + 90)));
        double mean = Expect(from, to, x => x - near) + near;
        if (low <= 0.5)
        {
            // (φ(low) − φ(high)) / mass, the difference as one factor.
            double span = double.IsInfinity(low) || double.IsInfinity(high) ? double.PositiveInfinity : width * (high + low);
            mean = double.IsInfinity(low) ? -Math.Exp(LogDensity(high)) : -Math.Exp(LogDensity(low)) * Expm1(-0.5 * span);
        }
        double variance = Expect(from, to, x => (x - mean) * (x - mean));
        return (IsMirrored ? -mean : mean, variance);
    }

    private double Expect(double from, double to, Func<double, double> function)
    {
        double sum = 0;
        for (int i = 0; i < GaussLegendre.Long.Count; i++)
        {
            (double x, double weight) = GaussLegendre.Long.Node(i, from, to - from);
            sum += weight * function(x) * Math.Exp(LogDensity(x));
        }
        return sum;
    }
}
