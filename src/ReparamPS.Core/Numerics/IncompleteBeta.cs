using static ReparamPS.Numerics.GammaFunctions;

namespace ReparamPS.Numerics;

/// <summary>
/// The regularized incomplete beta function I(x; a, b) and its complement, with the derivatives in a and b. The object stores the logarithm of
/// one of the two, the smaller one if that matters, so that both tails keep their digits far beyond the range of a double.
/// </summary>
internal readonly struct IncompleteBeta
{
    // Where both parameters are above it, the density is bell-shaped, and the continued fraction long.
    private const double Large = 1000;

    // Where a parameter is above it, slopes at a fixed F ratio cancel.
    private const double LargeForRatio = 1e4;

    private const double SmallFirst = 0.05;

    // Beyond it the powers of a parameter overflow; beside one that is smaller by so much more, only the product of parameter and distance counts.
    private const double Huge = 1e90, SmallBesideHuge = 1e30;

    private readonly bool isLower;
    private readonly double log;
    private readonly double logRest;
    private readonly double logSlopeA;
    private readonly double logSlopeB;

    private IncompleteBeta(bool isLower, double logPrefactor, double logRest, double logSlopeA, double logSlopeB) =>
        (this.isLower, log, this.logRest, this.logSlopeA, this.logSlopeB) = (isLower, logPrefactor + logRest, logRest, logSlopeA, logSlopeB);

    /// <summary>I(x; a, b).</summary>
    public double Lower => isLower ? Math.Exp(log) : -Expm1(log);

    /// <summary>1 − I(x; a, b).</summary>
    public double Upper => isLower ? -Expm1(log) : Math.Exp(log);

    /// <summary>log I.</summary>
    public double LogLower => isLower ? log : Log1mExp(log);

    /// <summary>log(1 − I).</summary>
    public double LogUpper => isLower ? Log1mExp(log) : log;

    /// <summary>The Beta(a, b) density of log(x / y), times exp(−logScale), where the scale is 0 or the logarithm of one of the tails.</summary>
    public double LogitDensity(double logScale) => Math.Exp(logScale == log ? -logRest : log - logRest - logScale);

    /// <summary>(∂I/∂a, ∂I/∂b) · exp(−logScale).</summary>
    public (double A, double B) Slopes(double logScale)
    {
        double factor = (isLower ? 1 : -1) * Math.Exp(log - logScale);
        return (factor * logSlopeA, factor * logSlopeB);
    }

    /// <summary>(∂I/∂a, ∂I/∂b) · exp(−logScale) at a fixed F ratio b x / (a y) instead of a fixed x, in which slopes at large parameters all but cancel.</summary>
    public (double A, double B) RatioSlopes(double logScale, double a, double b, UnitPoint at)
    {
        (double slopeA, double slopeB) = Slopes(logScale);
        double density = LogitDensity(logScale), excess = b * at.X - a * at.Y;
        (slopeA, slopeB) = (slopeA + density / a, slopeB - density / b);
        if (!double.IsFinite(excess) || Math.Max(a, b) <= LargeForRatio) return (slopeA, slopeB);
        bool isBell = Math.Min(a, b) > Large;
        if (isBell || (IsSteep(a, excess) && b > LargeForRatio) || (IsSteep(b, -excess) && a > LargeForRatio))
        {
            (double scoreA, double scoreB) = TailScores(a, b, at, excess);
            double tail = (excess > 0 ? -1 : 1) * Math.Exp((excess > 0 ? LogUpper : LogLower) - logScale);
            if (isBell || a > LargeForRatio) slopeA = tail * scoreA;
            if (isBell || b > LargeForRatio) slopeB = tail * scoreB;
        }
        return (slopeA, slopeB);

        // Whether the density of the log-odds decreases within a few units.
        static bool IsSteep(double power, double excess) => excess > (power < 0.5 ? 0.1 : 0);
    }

    // The means over the outer tail of the slopes of the F ratio's log-density in a and b.
    private static (double A, double B) TailScores(double a, double b, UnitPoint at, double excess)
    {
        double total = a + b, direction = excess > 0 ? 1 : -1, width = TailWidth(excess, total * at.X * at.Y), mass = 0, scoreA = 0, scoreB = 0;
        // 1 + u = x (a + b) / a and 1 + v = y (a + b) / b.
        double logU = at.LogX + Log1p(b / a), logV = at.LogY + Log1p(a / b);
        GaussLegendre rule = GaussLegendre.Long;
        for (int i = 0; i < rule.Count; i++)
        {
            (double distance, double weight) = rule.Node(i, 0, width);
            double step = direction * distance, rise = Expm1(step), moved = at.X * rise;
            double term = weight * Math.Exp(TailExponent(step, excess, total, at)), beyond = excess + total * at.X * at.Y * rise / (1 + moved);
            mass += term;
            scoreA += term * LogDeficit(beyond / a, logU + step - Log1p(moved));
            scoreB += term * LogDeficit(-beyond / b, logV - Log1p(moved));
        }
        return (scoreA / mass + DigammaExcess(a, b), scoreB / mass + DigammaExcess(b, a));
    }

    // log(1 + u) − u from u or, far from 0, from the logarithm.
    private static double LogDeficit(double u, double log) => Math.Abs(u) < 0.5 ? Log1pMinusX(u) : log - u;

    // The logarithm falls by |excess| · s + ½ curvature · s²; 45 more than that is nothing.
    private static double TailWidth(double excess, double curvature) => 1.3 * 90 / (Math.Abs(excess) + Math.Sqrt(excess * excess + 90 * curvature));

    // a s − (a + b) log(1 + x (eˢ − 1)), whose first order is −excess · s; from the smaller of x and y, beside which nothing cancels.
    private static double TailExponent(double step, double excess, double total, UnitPoint at)
    {
        (double small, double s) = at.X < 0.5 ? (at.X, step) : (at.Y, -step);
        return -excess * step - total * (small * Expm1MinusX(s) + Log1pMinusX(small * Expm1(s)));
    }

    // ψ(a + b) − ψ(a) − log((a + b) / a) for a large a.
    private static double DigammaExcess(double a, double b)
    {
        double total = a + b, square = 1 / (a * a), other = 1 / (total * total);
        return 0.5 * b / (a * total) + (square - other) * (1.0 / 12 - (square + other) / 120);
    }

    /// <summary>The logarithm of the Beta(a, b) density of log(x / y), which is x y times that of x.</summary>
    public static double LogLogitDensity(double a, double b, UnitPoint at) => BetaConstants.Of(a, b).LogPrefactor(at);

    /// <summary>Evaluates at a, b > 0.</summary>
    public static IncompleteBeta Evaluate(double a, double b, UnitPoint at)
    {
        if (double.IsNaN(at.X) || double.IsNaN(a + b)) return new(true, double.NaN, 0, double.NaN, double.NaN);
        if (double.IsNegativeInfinity(at.LogX)) return new(true, double.NegativeInfinity, 0, 0, 0);
        if (double.IsNegativeInfinity(at.LogY)) return new(false, double.NegativeInfinity, 0, 0, 0);
        if (Math.Max(a, b) > Huge && Math.Min(a, b) < SmallBesideHuge) return a > b ? OfHuge(a, b, at) : OfHuge(b, a, at.Mirrored).Mirrored();
        BetaConstants constants = BetaConstants.Of(a, b);
        if (at.X * Math.Max(1, b) <= 0.05) return Series(constants, at);
        if (at.Y * Math.Max(1, a) <= 0.05) return Series(BetaConstants.Of(b, a), at.Mirrored).Mirrored();
        if (Math.Min(a, b) > Large) return Quadrature(constants, at);
        // Above a / (a + b), which beside a huge parameter rounds to 1.
        if (at.X * b > at.Y * a)
        {
            return ((at.Y * a <= 1 && at.Y <= 0.5) ? Series(BetaConstants.Of(b, a), at.Mirrored) : Fraction(constants, mirrored: true, at.Mirrored)).Mirrored();
        }
        return at.X * b <= 1 && at.X <= 0.5 ? Series(constants, at) : Fraction(constants, mirrored: false, at);
    }

    // For a huge a, a function of b and a y alone: that of a smaller a at a larger y, or far from y = 0 only the leading term.
    private static IncompleteBeta OfHuge(double a, double b, UnitPoint at)
    {
        double scale = a / Huge, y = at.Y * scale;
        if (a * at.Y > 1e37)
        {
            var far = new BetaConstants(a, b);
            return new(true, far.LogPrefactor(at), -Math.Log(a) - at.LogY, at.LogX + far.SlopeA, at.LogY + far.SlopeB + 1 / b);
        }
        IncompleteBeta scaled = Evaluate(Huge, b, new UnitPoint(1 - y, y, -y, at.LogY + Math.Log(scale)));
        return new(scaled.isLower, scaled.log - scaled.logRest, scaled.logRest, scaled.logSlopeA / scale, scaled.logSlopeB);
    }

    // The smaller tail as an integral over the log-odds of the density relative to that at its edge, and the same of the density's logarithmic slopes in a and b.
    private static IncompleteBeta Quadrature(BetaConstants constants, UnitPoint at)
    {
        (double a, double b) = (constants.A, constants.B);
        double total = a + b, excess = b * at.X - a * at.Y, direction = excess > 0 ? 1 : -1;
        double width = TailWidth(excess, total * at.X * at.Y);
        // x and y are (1 + u) a / (a + b) and (1 + v) b / (a + b) there.
        double u = excess / a, v = -excess / b;
        double logU = Math.Abs(u) < 0.5 ? Log1p(u) : at.LogX + Log1p(b / a), logV = Math.Abs(v) < 0.5 ? Log1p(v) : at.LogY + Log1p(a / b);
        double mass = 0, meanA = 0, meanB = 0;
        GaussLegendre rule = GaussLegendre.Long;
        for (int i = 0; i < rule.Count; i++)
        {
            (double distance, double weight) = rule.Node(i, 0, width);
            double step = direction * distance, moved = at.X * Expm1(step);
            double term = weight * Math.Exp(TailExponent(step, excess, total, at));
            double shift = Log1p(moved);
            mass += term;
            meanA += term * (logU + step - shift);
            meanB += term * (logV - shift);
        }
        return new(excess <= 0, constants.LogPrefactor(at), Math.Log(mass), meanA / mass + DigammaExcess(a, b), meanB / mass + DigammaExcess(b, a));
    }

    private IncompleteBeta Mirrored() => new(!isLower, log - logRest, logRest, logSlopeB, logSlopeA);

    // I = xᵃ / (a B(a, b)) · (1 + a Σ (1 − b)ₙ xⁿ / (n! (a + n))).
    private static IncompleteBeta Series(BetaConstants constants, UnitPoint at)
    {
        (double a, double b, double x) = (constants.A, constants.B, at.X);
        double power = 1, powerSlope = 0, sum = 1, rest = 0, slopeA = 0, slopeB = 0;
        for (int n = 1; n < 2000; n++)
        {
            double ratio = (n - b) * x / n;
            powerSlope = powerSlope * ratio - power * x / n;
            power *= ratio;
            double weight = a / (a + n), term = power * weight, termB = powerSlope * weight;
            rest += term;
            sum = 1 + rest;
            slopeA += term * n / (a * (a + n));
            slopeB += termB;
            if (Math.Abs(term) < 1e-17 * Math.Abs(sum) && Math.Abs(termB) < 1e-17 * Math.Abs(slopeB)) break;
        }
        if (a < SmallFirst)
        {
            // log(xᵃ / (a B)) is of the size of a, and 1 − I too: taken together here, since neither comes out of logarithms of the size log a.
            double log = a * at.LogX + LogGammaStep(b, a) - LogGamma1p(a), factor = Math.Exp(log), upper = -Expm1(log) - factor * rest;
            if (upper is > 0 and < 0.5)
            {
                double logPrefactor = constants.LogPrefactor(at), logSlopeA = at.LogX + constants.SlopeA;
                return new(false, logPrefactor, Math.Log(upper) - logPrefactor, -factor * (logSlopeA * sum + slopeA) / upper, -factor * (DigammaStep(b, a) * sum + slopeB) / upper);
            }
        }
        // The prefactor less yᵇ, since the series has that factor in it.
        return new(true, constants.LogPrefactor(at), Math.Log(sum / a) - b * at.LogY, at.LogX + constants.SlopeA + slopeA / sum, constants.SlopeB + 1 / b + slopeB / sum);
    }

    // Didonato and Morris's continued fraction (1992, ACM TOMS 18) by Lentz's method, with the derivatives of each step.
    private static IncompleteBeta Fraction(BetaConstants constants, bool mirrored, UnitPoint at)
    {
        (double a, double b) = mirrored ? (constants.B, constants.A) : (constants.A, constants.B);
        double x = at.X, y = at.Y, excess = a * y - b * x;
        double b0 = a * (excess + 1) / (a + 1);
        double c = b0, cA = (excess + 1) / ((a + 1) * (a + 1)) + a * y / (a + 1), cB = -a * x / (a + 1);
        double cInverse = 1 / c, d = 0, dA = 0, dB = 0, fraction = c, logA = cA * cInverse, logB = cB * cInverse, odd = 1 / (a + 1);
        for (int n = 1; n < 100_000; n++)
        {
            double even = odd;
            odd = 1 / (a + 2 * n + 1);
            double scaled = n * x * x * even * even;
            double numerator = (a + n - 1) * (a + b + n - 1) * (b - n) * scaled;
            double numeratorA = ((2 * a + b + 2 * n - 2) - 2 * (a + n - 1) * (a + b + n - 1) * even) * (b - n) * scaled;
            double numeratorB = (a + n - 1) * (a + 2 * b - 1) * scaled;
            double inner = excess + 1 + n * (1 + y);
            double denominator = n + n * (b - n) * x * even + (a + n) * inner * odd;
            double denominatorA = -n * (b - n) * x * even * even + (inner + (a + n) * y) * odd - (a + n) * inner * odd * odd;
            double denominatorB = n * x * even - (a + n) * x * odd;
            double dInverse = denominator + numerator * d, dNext = 1 / dInverse;
            dA = -(denominatorA + numeratorA * d + numerator * dA) * dNext * dNext;
            dB = -(denominatorB + numeratorB * d + numerator * dB) * dNext * dNext;
            d = dNext;
            c = denominator + numerator * cInverse;
            cA = denominatorA + (numeratorA - numerator * cA * cInverse) * cInverse;
            cB = denominatorB + (numeratorB - numerator * cB * cInverse) * cInverse;
            cInverse = 1 / c;
            double change = c * d;
            double changeA = cA * cInverse + dA * dInverse, changeB = cB * cInverse + dB * dInverse;
            fraction *= change;
            logA += changeA;
            logB += changeB;
            if (Math.Abs(change - 1) < 4e-16 && Math.Abs(changeA) <= 4e-16 * Math.Abs(logA) + 1e-19 && Math.Abs(changeB) <= 4e-16 * Math.Abs(logB) + 1e-19) break;
        }
        (double slopeA, double slopeB) = mirrored ? (constants.SlopeB, constants.SlopeA) : (constants.SlopeA, constants.SlopeB);
        double prefactor = constants.LogPrefactor(mirrored ? at.Mirrored : at);
        return new(true, prefactor, -Math.Log(fraction), at.LogX + slopeA + 1 / a - logA, at.LogY + slopeB + 1 / b - logB);
    }
}
