using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>The Gamma(a, 1) distribution's functions of one point (a, x) with their derivatives, from the incomplete gamma functions.</summary>
internal static class GammaPoints
{
    /// <summary>Evaluates P or Q at (a, x): the value, the derivative in a, and the derivative in log x.</summary>
    public static void Fill(ReadOnlySpan<double> at, Span<double> to, Func<IncompleteGamma, (double Value, double Slope, double DensityPerValue)> read)
    {
        (double a, double x) = (at[0], Math.Max(0, at[1]));
        IncompleteGamma gamma = IncompleteGamma.Evaluate(a, double.IsNaN(at[1]) ? double.NaN : x);
        (to[0], double slope, double density) = read(gamma);
        if (to.Length == 1) return;
        to[1] = slope;
        to[2] = at[1] < 0 ? 0 : x == 0 || double.IsInfinity(x) ? Math.Exp(IncompleteGamma.LogDensity(a, x)) : density / x;
    }

    /// <summary>The x that has the given P(a, x) or Q(a, x).</summary>
    public static void Quantile(ReadOnlySpan<double> at, Span<double> to, bool ofLower)
    {
        (double a, double p) = (at[0], at[1]);
        double x = Quantile(a, p, ofLower);
        to[0] = x;
        if (to.Length == 1 || x <= 0 || double.IsInfinity(x)) return;
        IncompleteGamma gamma = IncompleteGamma.Evaluate(a, x);
        to[1] = x * gamma.LogDrawSlope;
        to[2] = (ofLower ? 1 : -1) * Math.Exp(-IncompleteGamma.LogDensity(a, x));
    }

    private static double Quantile(double a, double p, bool ofLower)
    {
        if (p <= 0 || p >= 1) return p <= 0 == ofLower ? 0 : double.PositiveInfinity;
        bool isLower = p < 0.5 == ofLower;
        double target = p < 0.5 ? Math.Log(p) : Log1p(-p);
        double logLower = ofLower ? Math.Log(p) : Log1p(-p);
        double start = (logLower + LogGamma1p(a)) / a;
        if (a > 0.5)
        {
            // Wilson and Hilferty's cube.
            double root = 1 - 1 / (9 * a) + NormalTail.QuantileOfLog(logLower) / (3 * Math.Sqrt(a));
            if (root > 0.3) start = Math.Log(a) + 3 * Math.Log(root);
        }
        // In log x, so that a quantile of 10⁻³⁰⁰ is as precise as one of 1.
        double logX = QuantileSolver.Solve(
            u =>
            {
                double x = Math.Exp(u);
                if (x == 0) return (a * u - LogGamma1p(a) - logLower, a);
                IncompleteGamma gamma = IncompleteGamma.Evaluate(a, x);
                double log = isLower ? gamma.LogP : gamma.LogQ;
                double slope = isLower ? gamma.DensityPerP : gamma.DensityPerQ;
                return (isLower ? log - target : target - log, slope);
            },
            start);
        return Math.Exp(logX);
    }
}
