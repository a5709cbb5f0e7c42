using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>
/// The derivative of log x in a for a Gamma(a, 1) draw x at a fixed level of its CDF, −(∂P/∂a) / (x p(x)), to 1e-11: by the power series of P (Moore 1982, AS 187), the derivative
/// of Temme's expansion at large a, and the continued fraction of Q far up.
/// </summary>
internal static class GammaDrawSlope
{
    private const double Precision = 1e-16;

    [ThreadStatic]
    private static (double A, double Digamma) last;

    /// <summary>d log x / da.</summary>
    public static double OfLog(double a, double x)
    {
        if (!(x > 0) || !(a > 0) || double.IsInfinity(x)) return 0;
        if (a >= TemmeExpansion.SmallestA && Math.Abs(x - a) <= TemmeExpansion.Radius * a) return TemmeExpansion.LogDrawSlope(a, x);
        // Far up P is 1 to many digits, and its series would cancel.
        return x < a + 4 * Math.Sqrt(a) + 3 ? Series(a, x) : IncompleteGamma.Evaluate(a, x).LogDrawSlope;
    }

    /// <summary>A table of d log x / da over log x; null if it would not be precise enough.</summary>
    public static SlopeTable? TableOf(double a) => a > 1e-3 && a < 1e15
        ? SlopeTable.Of(t => OfLog(a, Math.Exp(t)), Math.Log(Math.Max(1e-5, a - 7 * Math.Sqrt(a))), Math.Log(a + 3.5 * Math.Sqrt(a) + 2.5))
        : null;

    // With P = x p(x) / a · Σ tₙ, tₙ = xⁿ / ((a + 1) … (a + n)): (ψ(a + 1) − log x) Σ tₙ + Σ tₙ (1/(a + 1) + … + 1/(a + n)), over a.
    private static double Series(double a, double x)
    {
        if (last.A != a) last = (a, Digamma(a + 1));
        double term = 1, sum = 1, harmonic = 0, slope = 0;
        for (double n = a + 1; n < a + 1000; n++)
        {
            double inverse = 1 / n;
            term *= x * inverse;
            harmonic += inverse;
            sum += term;
            slope += term * harmonic;
            if (term * (1 + harmonic) < Precision * sum && x < n) break;
        }
        return ((last.Digamma - Math.Log(x)) * sum + slope) / a;
    }
}
