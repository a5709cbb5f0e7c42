using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>
/// The regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 − P, with the derivative in a. The object stores the logarithm of one
/// of the two, the smaller one if that matters, so that both tails keep their digits far beyond the range of a double.
/// </summary>
internal readonly struct IncompleteGamma
{
    private readonly bool isLower;
    private readonly double log;
    private readonly double logRest;
    private readonly double logSlope;

    /// <summary>Stores log P (lower) or log Q, as the logarithms of xᵃ e⁻ˣ / Γ(a) and of the remaining factor, with its derivative in a.</summary>
    public IncompleteGamma(bool isLower, double logPrefactor, double logRest, double logSlope) =>
        (this.isLower, log, this.logRest, this.logSlope) = (isLower, logPrefactor + logRest, logRest, logSlope);

    /// <summary>P(a, x).</summary>
    public double P => isLower ? Math.Exp(log) : -Expm1(log);

    /// <summary>Q(a, x).</summary>
    public double Q => isLower ? -Expm1(log) : Math.Exp(log);

    /// <summary>log P(a, x).</summary>
    public double LogP => isLower ? log : Log1mExp(log);

    /// <summary>log Q(a, x).</summary>
    public double LogQ => isLower ? Log1mExp(log) : log;

    /// <summary>∂P/∂a = −∂Q/∂a.</summary>
    public double Slope => (isLower ? logSlope : -logSlope) * Math.Exp(log);

    /// <summary>∂ log P/∂a.</summary>
    public double LogPSlope => isLower ? logSlope : -logSlope * Math.Exp(log - LogP);

    /// <summary>∂ log Q/∂a.</summary>
    public double LogQSlope => isLower ? -logSlope * Math.Exp(log - LogQ) : logSlope;

    /// <summary>x p(x), p the Gamma(a, 1) density.</summary>
    public double Density => Math.Exp(log - logRest);

    /// <summary>x p(x) / P, p the Gamma(a, 1) density: the derivative of log P in log x.</summary>
    public double DensityPerP => Math.Exp(isLower ? -logRest : log - logRest - LogP);

    /// <summary>x p(x) / Q.</summary>
    public double DensityPerQ => Math.Exp(isLower ? log - logRest - LogQ : -logRest);

    /// <summary>The derivative of log x in a for a Gamma(a, 1) draw x, −(∂P/∂a) / (x p(x)): finite even if P and p underflow.</summary>
    public double LogDrawSlope => (isLower ? -logSlope : logSlope) * Math.Exp(logRest);

    /// <summary>The logarithm of the Gamma(a, 1) density at x.</summary>
    public static double LogDensity(double a, double x) => x == 0
        ? (a < 1 ? double.PositiveInfinity : a > 1 ? double.NegativeInfinity : 0)
        : LogPrefactor(a, x) - Math.Log(x);

    /// <summary>Evaluates at a > 0 and x ≥ 0.</summary>
    public static IncompleteGamma Evaluate(double a, double x)
    {
        if (double.IsNaN(x) || double.IsNaN(a)) return new(true, double.NaN, 0, double.NaN);
        if (x <= 0 || (double.IsPositiveInfinity(a) && x < a)) return new(true, double.NegativeInfinity, 0, 0);
        if (double.IsPositiveInfinity(x)) return new(false, double.NegativeInfinity, 0, 0);
        if (a >= TemmeExpansion.SmallestA && Math.Abs(x - a) <= TemmeExpansion.Radius * a) return TemmeExpansion.Evaluate(a, x);
        if (x > 1.1 && x >= a) return ContinuedFraction(a, x);
        IncompleteGamma lower = Series(a, x);
        return lower.log > -0.7 && x <= 1.1 ? ComplementSeries(a, x) : lower;
    }

    // log(xᵃ e⁻ˣ / Γ(a)): at large a by Stirling's formula, where the terms would cancel.
    private static double LogPrefactor(double a, double x) => a < 12
        ? a * Math.Log(x) - x - LogGamma1p(a) + Math.Log(a)
        : a * (x > 0.5 * a && x < 1.5 * a ? LogRatioDeficit(x, a) : Math.Log(x / a) - (x - a) / a) + 0.5 * Math.Log(a) - HalfLogTwoPi - StirlingRemainder(a);

    // P = xᵃ e⁻ˣ / Γ(a + 1) · Σ xⁿ / ((a + 1) … (a + n)).
    private static IncompleteGamma Series(double a, double x)
    {
        double term = 1, sum = 1, harmonic = 0, slope = 0;
        for (int n = 1; n < 100_000; n++)
        {
            term *= x / (a + n);
            harmonic += 1 / (a + n);
            sum += term;
            slope -= term * harmonic;
            if (term * Math.Max(1, harmonic) < 1e-17 * sum) break;
        }
        return new(true, LogPrefactor(a, x), Math.Log(sum / a), Math.Log(x) - Digamma(a + 1) + slope / sum);
    }

    // Q = 1 − xᵃ / Γ(1 + a) · (1 + a Σ (−x)ⁿ / ((a + n) n!)), arranged so that a small Q is not the difference of large terms.
    private static IncompleteGamma ComplementSeries(double a, double x)
    {
        double power = 1, sum = 0, slope = 0;
        for (int n = 1; n < 60; n++)
        {
            power *= -x / n;
            sum += power / (a + n);
            slope -= power / ((a + n) * (a + n));
            if (Math.Abs(power) < 1e-18) break;
        }
        double logFactor = a * Math.Log(x) - LogGamma1p(a), factor = Math.Exp(logFactor);
        double q = -Expm1(logFactor) - factor * a * sum;
        double qSlope = -factor * ((Math.Log(x) - Digamma(1 + a)) * (1 + a * sum) + sum + a * slope);
        double logPrefactor = logFactor - x + Math.Log(a);
        return new(false, logPrefactor, Math.Log(q) - logPrefactor, qSlope / q);
    }

    // Legendre's continued fraction of Q by Lentz's method, with the derivative of each step.
    private static IncompleteGamma ContinuedFraction(double a, double x)
    {
        const double Tiny = 1e-300;
        double b = x + 1 - a, c = 1 / Tiny, cSlope = 0, d = 1 / b, dSlope = d * d, f = d, logSlope = dSlope / d;
        for (int n = 1; n < 100_000; n++)
        {
            double numerator = n * (a - n);
            b += 2;
            double dNext = numerator * d + b, dNextSlope = n * d + numerator * dSlope - 1;
            double cNext = b + numerator / c, cNextSlope = n / c - numerator * cSlope / (c * c) - 1;
            if (Math.Abs(dNext) < Tiny) dNext = Tiny;
            if (Math.Abs(cNext) < Tiny) cNext = Tiny;
            d = 1 / dNext;
            dSlope = -dNextSlope * d * d;
            (c, cSlope) = (cNext, cNextSlope);
            double change = c * d, changeSlope = cSlope / c + dSlope / d;
            f *= change;
            logSlope += changeSlope;
            if (Math.Abs(change - 1) < 3e-16 && Math.Abs(changeSlope) < 3e-16 * Math.Max(1, Math.Abs(logSlope))) break;
        }
        return new(false, LogPrefactor(a, x), Math.Log(f), Math.Log(x) - Digamma(a) + logSlope);
    }
}
