using MathNet.Numerics.Integration;

namespace ReparamPS.Numerics;

/// <summary>
/// The angle s from 0 to π with density g(s) ∝ exp(κ cos s) sin^(d−2) s: that of a von Mises–Fisher vector in d dimensions to its mean direction.
/// Everything comes from Gauss–Legendre quadrature over the parts of the density that are not negligible, so it works for any dimension and concentration.
/// </summary>
internal sealed class PolarAngle
{
    private const double Negligible = -45, FractionRadius = 2;

    private const int FractionTerms = 20;

    private static readonly GaussLegendreRule Rule = new(-1, 1, 64);
    private static readonly GaussLegendreRule ShortRule = new(-1, 1, 40);

    [ThreadStatic]
    private static PolarAngle? last;

    private readonly double dimension;
    private readonly double concentration;
    private readonly double mode;

    private PolarAngle(double dimension, double concentration)
    {
        (this.dimension, this.concentration) = (dimension, concentration);
        // At the mode (d − 2) cos s = κ sin² s.
        double rest = dimension - 2, cosine = rest == 0 ? 1 : 2 * concentration / (rest + Math.Sqrt(rest * rest + 4 * concentration * concentration));
        mode = rest == 0 ? 0 : Math.Atan2(Math.Sqrt(Math.Max(0, (1 - cosine) * (1 + cosine))), cosine);
        if (rest > 0 && cosine > 0.5) mode = Math.Asin(Math.Sqrt(rest * cosine / concentration));
        double low = Reach(0, mode), high = Reach(Math.PI, mode);
        (double mass, double first) = (0, 0);
        foreach ((double from, double to) in new[] { (low, mode), (mode, high) })
        {
            double half = (to - from) / 2, middle = (to + from) / 2;
            for (int i = 0; i < Rule.Order; i++)
            {
                double at = middle + half * Rule.Abscissas[i], height = 1 - Math.Cos(at), weight = half * Rule.Weights[i] * Math.Exp(LogRatio(at, mode));
                if (at < 0.5) height = 2 * Math.Pow(Math.Sin(at / 2), 2);
                mass += weight;
                first += weight * height;
            }
        }
        MeanHeight = first / mass;
        (HeightVariance, HeightThirdMoment) = Central(low, high, mass);
        LogNormalizer = Math.Log(mass) - 2 * concentration * Math.Pow(Math.Sin(mode / 2), 2) + (rest == 0 ? 0 : rest * Math.Log(Math.Sin(mode)));
    }

    /// <summary>log ∫ exp(κ (cos s − 1)) sin^(d−2) s ds.</summary>
    public double LogNormalizer { get; }

    /// <summary>E[1 − cos s].</summary>
    public double MeanHeight { get; }

    /// <summary>E[cos s] / κ and its derivative: a ratio of Bessel functions, at small κ by Gauss's continued fraction 1 / (d + κ² / (d + 2 + κ² / …)).</summary>
    public (double Value, double Slope) MeanCosinePerConcentration
    {
        get
        {
            double square = concentration * concentration;
            if (concentration > FractionRadius) return ((1 - MeanHeight) / concentration, (HeightVariance - (1 - MeanHeight) / concentration) / concentration);
            double level = dimension + 2 * FractionTerms, slope = 0;
            for (int k = FractionTerms - 1; k >= 0; k--) (level, slope) = (dimension + 2 * k + square / level, (2 * concentration - square * slope / level) / level);
            return (1 / level, -slope / (level * level));
        }
    }

    /// <summary>Var[cos s].</summary>
    public double HeightVariance { get; }

    /// <summary>The third central moment of 1 − cos s.</summary>
    public double HeightThirdMoment { get; }

    /// <summary>The angle's distribution in a dimension of at least 2, at a positive concentration.</summary>
    public static PolarAngle Of(double dimension, double concentration) =>
        last is { } kept && kept.dimension == dimension && kept.concentration == concentration ? kept : last = new PolarAngle(dimension, concentration);

    /// <summary>
    /// The derivative in κ of a drawn height h = 1 − cos s: −(∂F/∂κ) / p = (1/p) ∫ (cos t − E cos) p(t) dt over the angles above s, from the smaller side.
    /// </summary>
    public double HeightSlope(double height)
    {
        double s = 2 * Math.Asin(Math.Sqrt(Math.Clamp(height / 2, 0, 1)));
        if (s <= 0 || s >= Math.PI) return 0;
        bool isAbove = s > mode;
        double end = Reach(isAbove ? Math.PI : 0, s), half = (end - s) / 2, middle = (end + s) / 2, sum = 0;
        for (int i = 0; i < ShortRule.Order; i++)
        {
            double at = middle + half * ShortRule.Abscissas[i], sine = Math.Sin(at / 2);
            sum += ShortRule.Weights[i] * (MeanHeight - 2 * sine * sine) * Math.Exp(LogRatio(at, s));
        }
        // ds/dκ = −(1/g) ∫₀ˢ (cos t − E cos) g dt; above the mode, the remainder of the integral, whose total is 0; and dh = sin s ds.
        return Math.Sin(s) * half * sum;
    }

    /// <summary>The divergence of the angle at one concentration from that at another (dimension fixed), with its slopes in both: that of the convex logarithm of the normalizer.</summary>
    public static void Divergence(double dimension, ReadOnlySpan<double> at, Span<double> to)
    {
        (double p, double q) = (at[0], at[1]);
        PolarAngle angle = Of(dimension, p);
        double height = angle.MeanHeight, spread = angle.HeightVariance, value = 0, slope = 0;
        if (Math.Max(p, q) > 1 && Math.Abs(q - p) > 0.5 * Math.Max(p, q))
        {
            PolarAngle other = Of(dimension, q);
            (value, slope) = ((q - p) * height + other.LogNormalizer - angle.LogNormalizer, height - other.MeanHeight);
        }
        else
        {
            // Between neighbors the terms cancel: as an integral of the second derivative.
            for (int i = 0; i < GaussLegendre.Short.Count; i++)
            {
                (double step, double weight) = GaussLegendre.Short.Node(i, 0, q - p);
                double term = weight * Of(dimension, p + step).HeightVariance;
                slope += term;
                value += term * (q - p - step);
            }
        }
        to[0] = value;
        if (to.Length > 1) (to[1], to[2]) = (-(q - p) * spread, slope);
    }

    private (double Second, double Third) Central(double low, double high, double mass)
    {
        (double second, double third) = (0, 0);
        foreach ((double from, double to) in new[] { (low, mode), (mode, high) })
        {
            double half = (to - from) / 2, middle = (to + from) / 2;
            for (int i = 0; i < Rule.Order; i++)
            {
                double at = middle + half * Rule.Abscissas[i], sine = Math.Sin(at / 2), distance = 2 * sine * sine - MeanHeight;
                double weight = half * Rule.Weights[i] * Math.Exp(LogRatio(at, mode)) / mass;
                second += weight * distance * distance;
                third += weight * distance * distance * distance;
            }
        }
        return (second, third);
    }

    // log g(at) − log g(from).
    private double LogRatio(double at, double from)
    {
        double difference = -2 * concentration * Math.Sin((at - from) / 2) * Math.Sin((at + from) / 2);
        return dimension == 2 ? difference : difference + (dimension - 2) * Math.Log(Math.Sin(at) / Math.Sin(from));
    }

    // The angle at which the density becomes negligible, from a point towards an end, if the density decreases on the way.
    private double Reach(double end, double from)
    {
        if (from == end || LogRatio(Math.Clamp(end, 1e-12, Math.PI - 1e-12), from) > Negligible) return end;
        double near = from, far = end;
        for (int i = 0; i < 12; i++)
        {
            double middle = (near + far) / 2;
            if (LogRatio(middle, from) > Negligible) near = middle;
            else far = middle;
        }
        // Bisection on a scale of π can still be far too wide for a narrow density.
        for (int i = 0; i < 40 && Math.Abs(far - from) > 1.25 * Math.Abs(near - from); i++)
        {
            double middle = (near + far) / 2;
            if (LogRatio(middle, from) > Negligible) near = middle;
            else far = middle;
        }
        return far;
    }
}
