using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics.Lattices;

/// <summary>Entropies of counts with their slopes, as functions of one point.</summary>
internal static class LatticeMasses
{
    // From here the normal limit has full precision, and neighbouring doubles may be more than 1 apart.
    private const double Large = 1e15;

    /// <summary>The entropy of a Poisson of (rate).</summary>
    public static void Poisson(ReadOnlySpan<double> at, Span<double> to)
    {
        double rate = at[0];
        if (!(rate > 0) || double.IsInfinity(rate))
        {
            to[0] = rate == 0 ? 0 : rate;
            return;
        }
        if (rate >= Large)
        {
            to[0] = OfNormal(rate);
            if (to.Length > 1) to[1] = 0.5 / rate;
            return;
        }
        Span<double> results = stackalloc double[2];
        LatticeEntropy.Fill(
            (k, slopes) =>
            {
                if (slopes.Length > 0) slopes[0] = (k - rate) / rate;
                return LogPoisson(k, rate);
            },
            Math.Floor(rate), Math.Sqrt(rate), double.PositiveInfinity, results);
        results[..to.Length].CopyTo(to);
    }

    /// <summary>The entropy of a negative binomial of (count, log-odds of a success).</summary>
    public static void NegativeBinomial(ReadOnlySpan<double> at, Span<double> to)
    {
        (double r, double logit) = (at[0], at[1]);
        double p = 1 / (1 + Math.Exp(-logit)), q = 1 / (1 + Math.Exp(logit)), mean = r * Math.Exp(logit);
        if (!(r > 0 && mean > 0) || double.IsInfinity(mean))
        {
            to[0] = mean == 0 || r == 0 ? 0 : mean;
            return;
        }
        if (r >= Large && mean >= Large)
        {
            to[0] = OfNormal(mean / q);
            if (to.Length > 2) (to[1], to[2]) = (0.5 / r, 0.5 * (1 + p));
            return;
        }
        double logP = -Log1p(Math.Exp(-logit)), logQ = -Log1p(Math.Exp(logit));
        if (logit < -500) logP = logit;
        if (logit > 500) logQ = -logit;
        UnitPoint point = UnitPoint.OfLogit(-logit);
        Span<double> results = stackalloc double[3];
        LatticeEntropy.Fill(
            (k, slopes) =>
            {
                if (slopes.Length > 0) (slopes[0], slopes[1]) = (DigammaStep(r, k) + logQ, k * q - r * p);
                // As a beta density of q at (r, k + 1).
                return k == 0 ? r * logQ : new BetaConstants(r, k + 1).LogPrefactor(point) - logP - Math.Log(r + k);
            },
            Math.Max(0, Math.Floor((r - 1) * Math.Exp(logit))), Math.Sqrt(mean / q), double.PositiveInfinity, results);
        results[..to.Length].CopyTo(to);
    }

    /// <summary>The entropy of a binomial of (count, log-odds of a success); the count has no slope.</summary>
    public static void Binomial(ReadOnlySpan<double> at, Span<double> to)
    {
        // By the rarer of the two, whose counts are smaller.
        (double n, double logit, double sign) = (at[0], -Math.Abs(at[1]), at[1] > 0 ? -1 : 1);
        UnitPoint point = UnitPoint.OfLogit(logit);
        if (!(n * point.X > 0)) return;
        if (n * point.X * point.Y >= Large)
        {
            to[0] = OfNormal(n * point.X * point.Y);
            if (to.Length > 2) to[2] = 0.5 * sign * (point.Y - point.X);
            return;
        }
        Span<double> results = stackalloc double[2];
        FillBinomial(n, point, results, null);
        to[0] = results[0];
        if (to.Length > 2) to[2] = sign * results[1];
    }

    /// <summary>
    /// −E[log q(X)] for a binomial X of (count, probability of a success, of a failure) and a Poisson mass q with the same mean. The entropy of a multinomial is the sum of these over
    /// its categories, plus the logarithm of the Poisson mass of its count: a sum whose terms do not cancel.
    /// </summary>
    public static void PoissonScore(ReadOnlySpan<double> at, Span<double> to)
    {
        (double n, double p, double q) = (at[0], at[1], at[2]);
        if (!(n * p > 0)) return;
        if (!(n * q > 0))
        {
            to[0] = -LogPoisson(n, n);
            return;
        }
        double mean = n * p;
        if (mean >= Large)
        {
            to[0] = OfNormal(mean) - 0.5 + 0.5 * q;
            if (to.Length > 3) (to[2], to[3]) = (0.5 * q * q / p, -0.5 * q);
            return;
        }
        Span<double> results = stackalloc double[2];
        FillBinomial(n, new UnitPoint(p, q, p > 0.5 ? Log1p(-q) : Math.Log(p), q > 0.5 ? Log1p(-p) : Math.Log(q)), results, k => LogPoisson(k, mean));
        to[0] = results[0];
        if (to.Length > 3) (to[2], to[3]) = (results[1] / p, -results[1] / q);
    }

    /// <summary>The logarithm of the Poisson mass of (count) whose rate is the count; it has no slope.</summary>
    public static void LogPoissonAtRate(ReadOnlySpan<double> at, Span<double> to) => to[0] = at[0] > 0 ? LogPoisson(at[0], at[0]) : 0;

    private static void FillBinomial(double n, UnitPoint point, Span<double> results, Func<double, double>? other)
    {
        (double p, double q) = (point.X, point.Y);
        LatticeEntropy.Fill(
            (k, slopes) =>
            {
                if (slopes.Length > 0) slopes[0] = k * q - (n - k) * p;
                return new BetaConstants(k + 1, n - k + 1).LogPrefactor(point) - point.LogX - point.LogY - Math.Log(n + 1);
            },
            Math.Min(n, Math.Floor((n + 1) * p)), Math.Sqrt(n * p * q), n, results, other);
    }

    // ½ log(2πe variance), in parts that do not overflow.
    private static double OfNormal(double variance) => HalfLogTwoPi + 0.5 + 0.5 * Math.Log(variance);

    // A Gamma(k + 1) density at the rate.
    private static double LogPoisson(double k, double rate) => k < 12
        ? k * Math.Log(rate) - rate - LogGamma(k + 1)
        : IncompleteGamma.LogDensity(k + 1, rate);
}
