using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Reads an incomplete beta function: the value, the sign of its derivative in x, and the logarithm of the number that its derivatives are relative to.</summary>
internal delegate (double Value, int Sign, double LogScale) BetaReading(IncompleteBeta beta);

/// <summary>
/// The Beta(a, b) distribution's functions over tensors in terms of the log-odds log(x / (1 − x)), for the distributions that are built on betas:
/// log-odds keep their digits near 0 and 1.
/// </summary>
internal static class BetaMath
{
    private const double SmallParameter = 1e-3, LargestQuotient = 1e30;

    /// <summary>log B(a, b), without the cancellation of its terms at large parameters.</summary>
    public static Tensor LogBeta(Tensor a, Tensor b)
    {
        Tensor larger = maximum(a, b);
        if (!Stirling.IsAnyLarge(larger)) return Direct(a, b);
        Tensor isLarge = larger >= Stirling.Large, small = TensorChoice.Where(isLarge, 1, a), other = TensorChoice.Where(isLarge, 1, b);
        Tensor scaled = -(a * LogSumOver(a, b)) - b * LogSumOver(b, a) - LogScale(a, b);
        return TensorChoice.Where(isLarge, scaled, Direct(small, other));

        // Beside a small parameter the other's log-gammas differ by little.
        static Tensor Direct(Tensor a, Tensor b)
        {
            Tensor small = minimum(a, b), large = maximum(a, b), isSmall = small < SmallParameter;
            if (!TensorQuestions.MayAny(isSmall)) return a.lgamma() + b.lgamma() - (a + b).lgamma();
            return TensorChoice.Where(isSmall, small.lgamma() - Stirling.LogGammaStep(large, small), a.lgamma() + b.lgamma() - (a + b).lgamma());
        }
    }

    /// <summary>The entropy of weights with concentrations along the last dimension.</summary>
    public static Tensor Entropy(Tensor concentrations)
    {
        long count = concentrations.shape[^1];
        // The poles K / Σa − Σ 1 / a, relative to the largest concentration: infinite slopes would leave ∞ − ∞.
        Tensor unit = concentrations.detach().amax([-1], keepdim: true), relative = concentrations / unit, poles = (count / relative.sum(-1) - relative.reciprocal().sum(-1)) / unit.squeeze(-1);
        return Stirling.EntropyPart(1, concentrations).sum(-1) - Stirling.EntropyPart(count, concentrations.sum(-1)) + (count - 1) + poles;
    }

    /// <summary>log(xᵃ yᵇ / B(a, b)) at points with x + y = 1, without the cancellation of its terms at large parameters.</summary>
    /// <param name="a">The power of x.</param>
    /// <param name="b">The power of y.</param>
    /// <param name="logX">log x.</param>
    /// <param name="logY">log y.</param>
    /// <param name="excess">b x − a y, as exact as the caller knows it.</param>
    public static Tensor LogKernel(Tensor a, Tensor b, Tensor logX, Tensor logY, Tensor excess)
    {
        Tensor most = maximum(a, b);
        if (!Stirling.IsAnyLarge(most)) return a * logX + b * logY - LogBeta(a, b);
        // x and y are (1 + u) a / (a + b) and (1 + v) b / (a + b), where a u + b v = 0: what each logarithm is above its linear part counts.
        return Part(a, excess, logX + LogSumOver(a, b)) + Part(b, -excess, logY + LogSumOver(b, a)) + LogScale(a, b);

        static Tensor Part(Tensor power, Tensor excess, Tensor log)
        {
            Tensor isNear = TensorChoice.Abs(excess) < 0.5 * power, near = excess.masked_fill(~isNear, 0) / power;
            return TensorChoice.Where(isNear, power * Deficit.Log1pMinus(near), power * log.masked_fill(isNear, 0) - excess);
        }
    }

    // log((a + b) / a), also if the quotient overflows.
    private static Tensor LogSumOver(Tensor a, Tensor b)
    {
        Tensor isHuge = b > a * LargestQuotient;
        if (!TensorQuestions.MayAny(isHuge)) return (b / a).log1p();
        return TensorChoice.Where(isHuge, b.log() - a.log(), (b.masked_fill(isHuge, 1) / a.masked_fill(isHuge, 1)).log1p());
    }

    /// <summary>Stirling's −log(√(t / a b) √2π) with its remainders, t = a + b: what log B is without its powers.</summary>
    private static Tensor LogScale(Tensor a, Tensor b)
    {
        Tensor total = a + b;
        return 0.5 * (minimum(a, b).log() - (minimum(a, b) / maximum(a, b)).log1p()) - GammaFunctions.HalfLogTwoPi + Stirling.Remainder(total) - Stirling.Remainder(a) - Stirling.Remainder(b);
    }

    /// <summary>Evaluates the incomplete beta function with a = df1 / 2 and b = df2 / 2 at a ratio F of mean squares, for which x / (1 − x) = F df1 / df2.</summary>
    public static Tensor AtRatio(Tensor ratio, Tensor df1, Tensor df2, BetaReading read) => Elementwise.Apply(
        (at, to) =>
        {
            (double x, double a, double b) = (at[0], 0.5 * at[1], 0.5 * at[2]);
            UnitPoint point = UnitPoint.OfLogit(LogScaled(x, a / b));
            IncompleteBeta beta = IncompleteBeta.Evaluate(a, b, point);
            (to[0], int sign, double logScale) = read(beta);
            if (to.Length == 1 || !(x > 0 && x < double.PositiveInfinity)) return;
            to[1] = sign * beta.LogitDensity(logScale) / x;
            (double slopeA, double slopeB) = beta.RatioSlopes(logScale, a, b, point);
            (to[2], to[3]) = (0.5 * sign * slopeA, 0.5 * sign * slopeB);
        },
        ratio, df1, df2);

    /// <summary>The ratio F at a probability.</summary>
    public static Tensor RatioIcdf(Tensor df1, Tensor df2, Tensor probability) => Elementwise.Apply(
        (at, to) =>
        {
            (double a, double b) = (0.5 * at[0], 0.5 * at[1]);
            double logOdds = BetaOdds.Quantile(a, b, at[2]), ratio = to[0] = Unscaled(logOdds, a / b);
            if (to.Length == 1 || ratio == 0 || !double.IsFinite(ratio)) return;
            (double slopeA, double slopeB) = BetaOdds.RatioSlopes(logOdds, a, b);
            (to[1], to[2]) = (0.5 * ratio * slopeA, 0.5 * ratio * slopeB);
            to[3] = ratio * Math.Exp(-IncompleteBeta.LogLogitDensity(a, b, UnitPoint.OfLogit(logOdds)));
        },
        df1, df2, probability);

    // log(x · scale) and eˣ / scale: in logarithms only if the product is beyond a double, since a sum of logarithms has fewer digits.
    private static double LogScaled(double x, double scale) => double.IsNormal(x * scale) || !double.IsNormal(x) ? Math.Log(x * scale) : Math.Log(x) + Math.Log(scale);

    private static double Unscaled(double log, double scale) => double.IsNormal(Math.Exp(log)) || double.IsInfinity(log) ? Math.Exp(log) / scale : Math.Exp(log - Math.Log(scale));
}
