using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>The standard normal's functions of one number, in logarithms if the numbers underflow.</summary>
internal static class NormalTail
{
    // Below MinLog, the probability is a subnormal double.
    private const double Sqrt2 = 1.4142135623730951, MinLog = -700;

    // Chebyshev coefficients of (1 + 2x) erfcx(x) in (x - 3.75) / (x + 3.75), x from 0 to infinity (Shepherd, Laframboise 1981, Math. Comp. 36).
    private static readonly double[] Chebyshev =
    [
        1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189, -0.026658668435305753,
        0.009074997670705265, -0.002413163540417608, 0.0004907758365258086, -6.916973302501207e-05, 4.13902798607301e-06,
        7.74038306619849e-07, -2.1886401049234397e-07, 1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10,
        -6.318088340886684e-11, 2.86879501093067e-11, 1.9455868545777405e-13, -9.654696748433433e-13, 3.252548148148796e-14,
        3.347811948286861e-14, -1.8645628804187656e-15, -1.250795053068326e-15, 7.418235256676974e-17, 5.068148904848072e-17,
        -2.2370566589264512e-18, -2.187342943803879e-18
    ];

    /// <summary>exp(x²) erfc(x).</summary>
    public static double Erfcx(double x)
    {
        if (x < 0) return 2 * Math.Exp(x * x) - Erfcx(-x);
        if (double.IsPositiveInfinity(x)) return 0;
        double t = 2 * (x - 3.75) / (x + 3.75), next = 0, afterNext = 0;
        for (int i = Chebyshev.Length - 1; i > 0; i--) (next, afterNext) = (Chebyshev[i] + t * next - afterNext, next);
        return (Chebyshev[0] + 0.5 * t * next - afterNext) / (1 + 2 * x);
    }

    /// <summary>log Φ(x).</summary>
    public static double LogCdf(double x) => x < 0
        ? Math.Log(0.5 * Erfcx(-x / Sqrt2)) - 0.5 * x * x
        : Log1p(-0.5 * Math.Exp(-0.5 * x * x) * Erfcx(x / Sqrt2));

    /// <summary>Φ(x).</summary>
    public static double Cdf(double x) => x < 0
        ? 0.5 * Math.Exp(-0.5 * x * x) * Erfcx(-x / Sqrt2)
        : 1 - 0.5 * Math.Exp(-0.5 * x * x) * Erfcx(x / Sqrt2);

    /// <summary>The logarithm of the standard normal density.</summary>
    public static double LogDensity(double x) => -0.5 * x * x - HalfLogTwoPi;

    /// <summary>The x that has the given log Φ(x), for arbitrarily small probabilities.</summary>
    public static double QuantileOfLog(double logProbability)
    {
        if (double.IsNaN(logProbability) || logProbability > 0) return double.NaN;
        if (logProbability == 0) return double.PositiveInfinity;
        if (double.IsNegativeInfinity(logProbability)) return double.NegativeInfinity;
        bool upper = logProbability > -0.6931471805599453;
        double target = upper ? Log1mExp(logProbability) : logProbability;
        double x = target > MinLog
            ? -Sqrt2 * MathNet.Numerics.SpecialFunctions.ErfcInv(2 * Math.Exp(target))
            : -Math.Sqrt(-2 * target - Math.Log(-2 * target) - 1);
        // Newton on log Φ, which is concave: it converges from any start, finally quadratically, where the error of a step is about its square.
        for (int i = 0; i < 60; i++)
        {
            double log = LogCdf(x), step = (log - target) * Math.Exp(log - LogDensity(x));
            x -= step;
            if (Math.Abs(step) <= 1e-9 * Math.Max(1e-2, Math.Abs(x))) break;
        }
        return upper ? -x : x;
    }
}
