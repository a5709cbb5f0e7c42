using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics.Truncated;

/// <summary>The density λ exp(λx) / (exp(λ) − 1) on [0, 1], λ any number.</summary>
internal static class TruncatedExponential
{
    /// <summary>The quantile of (p, λ).</summary>
    public static void QuantileAt(ReadOnlySpan<double> at, Span<double> to)
    {
        (double p, double tilt) = (at[0], at[1]);
        double x = to[0] = Quantile(p, tilt);
        if (to.Length > 1) (to[1], to[2]) = (1 / Density(x, tilt), TiltSlope(p, x, tilt));
    }

    /// <summary>The derivative in λ of the quantile of (p, λ).</summary>
    public static void QuantileSlopeAt(ReadOnlySpan<double> at, Span<double> to) => to[0] = TiltSlope(at[0], Quantile(at[0], at[1]), at[1]);

    private static double TiltSlope(double p, double x, double tilt) => -p * LogCdfSlope(x, tilt) / Density(x, tilt);

    private static double Density(double x, double tilt)
    {
        double size = Math.Abs(tilt);
        // From the distance to the end where it is largest: at large tilts, the terms of the other form cancel.
        return size < 1 ? Math.Exp(tilt * (x - 0.5) - LogSinhc(0.5 * tilt)) : size * Math.Exp(-size * (tilt > 0 ? 1 - x : x)) / -Expm1(-size);
    }

    private static double Quantile(double p, double tilt)
    {
        if (tilt == 0) return p;
        if (tilt > 1)
        {
            double t = Math.Log(p) + tilt + Log1p(-Math.Exp(-tilt));
            return (Math.Max(t, 0) + Log1p(Math.Exp(-Math.Abs(t)))) / tilt;
        }
        return tilt < -1 && p > 0.5 ? Math.Log(1 - p + p * Math.Exp(tilt)) / tilt : Log1p(p * Expm1(tilt)) / tilt;
    }

    // ∂ log F / ∂λ = (h(λx) − h(λ)) / λ with h(t) = t / (1 − e⁻ᵗ), by its series near zero.
    private static double LogCdfSlope(double x, double tilt)
    {
        if (Math.Abs(tilt) > 0.3) return (Rise(tilt * x) - Rise(tilt)) / tilt;
        double square = x * x, t = tilt * tilt;
        double high = -1.0 / 1209600 * (Math.Pow(square, 4) - 1) + t * (Math.Pow(square, 5) - 1) / 47900160;
        double series = (square - 1) / 12 + t * (-(square * square - 1) / 720 + t * ((square * square * square - 1) / 30240 + t * high));
        return 0.5 * (x - 1) + tilt * series;
    }

    private static double Rise(double t) => t == 0 ? 1 : t / -Expm1(-t);

    private static double LogSinhc(double t)
    {
        double square = t * t;
        return Math.Abs(t) < 0.1
            ? square * (1.0 / 6 + square * (-1.0 / 180 + square * (1.0 / 2835 + square * (-1.0 / 37800 + square / 467775))))
            : Math.Abs(t) + Log1p(-Math.Exp(-2 * Math.Abs(t))) - Math.Log(2 * Math.Abs(t));
    }
}
