using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics.Lattices;

/// <summary>Entropies of counts with their slopes, as functions of one point.</summary>
internal static class LatticeMasses
{
    // From here the normal limit has full precision, and neighbouring doubles may be more than 1 apart.
    private const double Large = 1e15;

    // From here, slopes of a negative binomial in its count at a fixed probability cancel.
    private const double ManyStops = 1000;

    // From here, the probability of a failure is nothing beside 1.
    private const double LogitOfGamma = 37;

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
        LatticeEntropy.Mass mass = (k, _) => LogPoisson(k, rate);
        LatticeEntropy.Fill(mass, Math.Floor(rate), Math.Sqrt(rate), double.PositiveInfinity, to[..1]);
        if (to.Length > 1) to[1] = RiseOver(rate) + LatticeEntropy.Mean(mass, Math.Floor(rate), Math.Sqrt(rate), double.PositiveInfinity, k => LogRise(k, rate));
    }

    /// <summary>The entropy of a negative binomial of (count, log-odds of a success).</summary>
    public static void NegativeBinomial(ReadOnlySpan<double> at, Span<double> to)
    {
        (double r, double logit) = (at[0], at[1]);
        double p = 1 / (1 + Math.Exp(-logit)), q = 1 / (1 + Math.Exp(logit)), mean = r * Math.Exp(logit);
        if (logit > LogitOfGamma && r * (logit - 10) > 40)
        {
            // Small counts have no mass, and large ones are as dense as the gamma of their rates.
            to[0] = logit + 0.5 * Math.Log(r) + HalfLogTwoPi + 0.5 - 0.5 / r + StirlingRemainder(r) + (1 - r) * DigammaRest(r);
            if (to.Length > 2) (to[1], to[2]) = (0.5 / r + 0.5 / (r * r) + (1 - r) * TrigammaRest(r), 1);
            return;
        }
        if (!(r > 0 && mean > 0))
        {
            to[0] = mean == 0 || r == 0 ? 0 : mean;
            return;
        }
        if (logit > LogitOfGamma)
        {
            Extrapolate(r, logit, to);
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
        // The deviation of a count of at least 1: the masses of a smaller count are as smooth.
        double deviation = Math.Sqrt(Math.Max(r, 1) * p) / q;
        bool isManyStops = r >= ManyStops;
        Span<double> results = stackalloc double[2];
        LatticeEntropy.Fill(
            (k, slopes) =>
            {
                if (slopes.Length > 0) slopes[0] = isManyStops ? Log1pMinusX(q * (k - mean) / r) + DigammaStepRest(r, k) : DigammaStep(r, k) + logQ;
                return LogMass(k, r);
            },
            // With a count below 1, all masses but that at 0 can be tiny, and yet they matter.
            r < 1 ? 1 : Math.Max(0, Math.Floor((r - 1) * Math.Exp(logit))), deviation, double.PositiveInfinity, results[..Math.Min(2, to.Length)]);
        to[0] = results[0];
        if (to.Length == 1) return;
        // The slope of a mean of f in the log-odds is the mean, times that of f(k + 1) − f(k) for a count of r + 1.
        // Near its own mean in parts whose means are known, or, where r + k is close to k + 1, as it is.
        bool isFew = mean < 1, isWhole = isFew || 2 * r * p * q < 1;
        double rise = LatticeEntropy.Mean(
            (k, _) => LogMass(k, r + 1), Math.Floor(mean), Math.Sqrt((r + 1) * p) / q, double.PositiveInfinity,
            k => isFew ? Math.Log(k + 1) - Math.Log(r + k) - logP : isWhole ? Log1p((1 - r) / (r + k)) - logP : LogRise(k, mean) - Log1pMinusX(q * (k - mean) / r));
        to[2] = mean * rise + (isWhole ? 0 : 1 + p);
        // With many stops, the slope at a fixed mean, whose terms do not cancel, and what the mean adds to it.
        to[1] = isManyStops ? results[1] + to[2] / r : results[1];

        // As a beta density of q at (count, k + 1).
        double LogMass(double k, double count) => k == 0 ? count * logQ : new BetaConstants(count, k + 1).LogPrefactor(point) - logP - Math.Log(count + k);
    }

    // From LogitOfGamma on, the entropy approaches that of a gamma distribution like exp(−r L), where L are the log-odds: h(L) = g + L + exp(−d) (h(L₀) − g − L₀), d = r (L − L₀).
    // The −1 / r of g cancels against that of the exponential.
    private static void Extrapolate(double r, double logit, Span<double> to)
    {
        Span<double> start = stackalloc double[to.Length];
        NegativeBinomial([r, LogitOfGamma], start);
        double d = r * (logit - LogitOfGamma), left = Math.Exp(-d), gone = -Expm1(-d), one = 1 + r;
        double rest = LogitOfGamma - Math.Log(r) + one + LogGamma1p(r) + (1 - r) * Digamma(one), trigamma = 1 / one + 0.5 / (one * one) + TrigammaRest(one);
        to[0] = rest * gone + left * start[0] + Expm1MinusX(-d) / r;
        if (to.Length == 1) return;
        to[1] = (1 - 1 / r + (1 - r) * trigamma) * gone + left * (start[1] + (rest - start[0]) * (logit - LogitOfGamma) + Expm1MinusX(d) / (r * r));
        to[2] = gone + r * left * (rest - start[0]);
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
        double mean = n * point.X, rest = n * point.Y;
        to[0] = -MeanOfBinomial(n, point, null);
        // At equal odds the entropy is largest.
        if (to.Length < 3 || logit == 0) return;
        bool isFew = mean < 1;
        double rise = MeanOfBinomial(n - 1, point, k => isFew ? Math.Log(k + 1) - Math.Log(mean) - Log1p((mean - k) / rest) : LogRise(k, mean) - Log1pMinusX((mean - k) / rest));
        to[2] = sign * (mean * point.Y * rise + (isFew ? 0 : point.Y - point.X));
    }

    /// <summary>The Kullback–Leibler divergence of a binomial of (count, log-odds of a success) from one of another (count, log-odds); the counts have no slopes. 0 if they are equal.</summary>
    public static void BinomialDivergence(ReadOnlySpan<double> at, Span<double> to)
    {
        (double n, double m) = (at[0], at[2]);
        UnitPoint point = UnitPoint.OfLogit(at[1]), other = UnitPoint.OfLogit(at[3]);
        double mean = n * point.X, deviation = Math.Sqrt(n * point.X * point.Y);
        if (n == m || !(deviation > 0)) return;
        if (n > m || other.X == 0 || other.Y == 0)
        {
            to[0] = double.PositiveInfinity;
            return;
        }
        LatticeEntropy.Mass mass = (k, slopes) =>
        {
            if (slopes.Length > 0) slopes[0] = k - mean;
            return LogBinomial(k, n, point);
        };
        Span<double> results = stackalloc double[to.Length > 1 ? 2 : 1];
        LatticeEntropy.Fill(mass, Math.Min(n, Math.Floor((n + 1) * point.X)), deviation, n, results, k => LogBinomial(k, n, point) - LogBinomial(k, m, other));
        // Of large counts, a divergence close to 0 is below the rounding of the masses.
        to[0] = Math.Max(0, -results[0]);
        if (to.Length > 4) (to[2], to[4]) = (-results[1], m * other.X - mean);
    }

    /// <summary>
    /// −E[log q(X)] for a binomial X of (count, probability of a success, of a failure) and a Poisson mass q with the same mean. The entropy of a multinomial is the sum of these over
    /// its categories, plus the logarithm of the Poisson mass of its count: a sum whose terms do not cancel.
    /// </summary>
    public static void PoissonScore(ReadOnlySpan<double> at, Span<double> to)
    {
        (double n, double p, double q) = (at[0], at[1], at[2]);
        if (!(n * p > 0))
        {
            // As of −p log p.
            if (to.Length > 3 && n > 0) to[2] = double.PositiveInfinity;
            return;
        }
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
        var point = new UnitPoint(p, q, p > 0.5 ? Log1p(-q) : Math.Log(p), q > 0.5 ? Log1p(-p) : Math.Log(q));
        to[0] = -MeanOfBinomial(n, point, k => LogPoisson(k, mean));
        if (to.Length < 4) return;
        double slope = n * (RiseOver(mean) * q + MeanOfBinomial(n - 1, point, k => LogRise(k, mean)));
        (to[2], to[3]) = (slope * q, -slope * p);
    }

    /// <summary>The logarithm of the Poisson mass of (count) whose rate is the count; it has no slope.</summary>
    public static void LogPoissonAtRate(ReadOnlySpan<double> at, Span<double> to) => to[0] = at[0] > 0 ? LogPoisson(at[0], at[0]) : 0;

    // The mean of a function of a binomial count; of the logarithm of its mass if none is given.
    private static double MeanOfBinomial(double n, UnitPoint point, Func<double, double>? function)
    {
        (double p, double q) = (point.X, point.Y);
        LatticeEntropy.Mass mass = (k, _) => LogBinomial(k, n, point);
        return LatticeEntropy.Mean(mass, Math.Min(n, Math.Floor((n + 1) * p)), Math.Sqrt(n * p * q), n, function);
    }

    private static double LogBinomial(double k, double n, UnitPoint point) => new BetaConstants(k + 1, n - k + 1).LogPrefactor(point) - point.LogX - point.LogY - Math.Log(n + 1);

    // log((k + 1) / mean), from a mean of 1 on without the part (k + 1 − mean) / mean, whose own mean is known.
    private static double LogRise(double k, double mean) => mean < 1 ? Math.Log(k + 1) - Math.Log(mean) : Log1pMinusX((k + 1 - mean) / mean);

    // The mean of that part for a Poisson count.
    private static double RiseOver(double mean) => mean < 1 ? 0 : 1 / mean;

    // ½ log(2πe variance), in parts that do not overflow.
    private static double OfNormal(double variance) => HalfLogTwoPi + 0.5 + 0.5 * Math.Log(variance);

    // A Gamma(k + 1) density at the rate.
    private static double LogPoisson(double k, double rate) => k < 12
        ? k * Math.Log(rate) - rate - LogGamma(k + 1)
        : IncompleteGamma.LogDensity(k + 1, rate);
}
