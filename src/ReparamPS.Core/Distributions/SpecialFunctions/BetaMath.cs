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
    private const double SmallParameter = 1e-3;

    /// <summary>log B(a, b), without the cancellation of its terms at large parameters.</summary>
    public static Tensor LogBeta(Tensor a, Tensor b)
    {
        Tensor larger = maximum(a, b);
        if (!Stirling.IsAnyLarge(larger)) return Direct(a, b);
        Tensor isLarge = larger >= Stirling.Large, small = TensorChoice.Where(isLarge, 1, a), other = TensorChoice.Where(isLarge, 1, b);
        Tensor scaled = -(a * (b / a).log1p()) - b * (a / b).log1p() - LogScale(a, b);
        return TensorChoice.Where(isLarge, scaled, Direct(small, other));

        // Beside a small parameter the other's log-gammas differ by little.
        static Tensor Direct(Tensor a, Tensor b)
        {
            Tensor small = minimum(a, b), large = maximum(a, b), isSmall = small < SmallParameter;
            if (!TensorQuestions.Any(isSmall)) return a.lgamma() + b.lgamma() - (a + b).lgamma();
            return TensorChoice.Where(isSmall, small.lgamma() - Stirling.LogGammaStep(large, small), a.lgamma() + b.lgamma() - (a + b).lgamma());
        }
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
        return Part(a, excess / a, logX + (b / a).log1p()) + Part(b, -excess / b, logY + (a / b).log1p()) + LogScale(a, b);

        static Tensor Part(Tensor power, Tensor u, Tensor log)
        {
            Tensor isNear = TensorChoice.Abs(u) < 0.5, near = u.masked_fill(~isNear, 0);
            return power * TensorChoice.Where(isNear, Deficit.Log1pMinus(near), log.masked_fill(isNear, 0) - u);
        }
    }

    /// <summary>Stirling's −log(√(t / a b) √2π) with its remainders, t = a + b: what log B is without its powers.</summary>
    private static Tensor LogScale(Tensor a, Tensor b)
    {
        Tensor total = a + b;
        return 0.5 * (minimum(a, b).log() - (minimum(a, b) / maximum(a, b)).log1p()) - GammaFunctions.HalfLogTwoPi + Stirling.Remainder(total) - Stirling.Remainder(a) - Stirling.Remainder(b);
    }

    /// <summary>Evaluates the incomplete beta function at given values of x / (1 − x).</summary>
    public static Tensor AtOdds(Tensor odds, Tensor a, Tensor b, BetaReading read) => Elementwise.Apply(
        (at, to) =>
        {
            double ratio = at[0];
            UnitPoint point = UnitPoint.OfLogit(Math.Log(ratio));
            IncompleteBeta beta = IncompleteBeta.Evaluate(at[1], at[2], point);
            (to[0], int sign, double logScale) = read(beta);
            if (to.Length == 1 || !(ratio > 0 && ratio < double.PositiveInfinity)) return;
            to[1] = sign * beta.LogitDensity(logScale) / ratio;
            (double slopeA, double slopeB) = beta.Slopes(logScale);
            (to[2], to[3]) = (sign * slopeA, sign * slopeB);
        },
        odds, a, b);

    /// <summary>x / (1 − x) at a probability.</summary>
    public static Tensor OddsIcdf(Tensor a, Tensor b, Tensor probability) => Elementwise.Apply(
        (at, to) =>
        {
            double logOdds = BetaOdds.Quantile(at[0], at[1], at[2]), odds = to[0] = Math.Exp(logOdds);
            if (to.Length == 1 || odds == 0 || !double.IsFinite(odds)) return;
            (double slopeA, double slopeB) = BetaOdds.Slopes(logOdds, at[0], at[1]);
            (to[1], to[2]) = (odds * slopeA, odds * slopeB);
            to[3] = odds * Math.Exp(-IncompleteBeta.LogLogitDensity(at[0], at[1], UnitPoint.OfLogit(logOdds)));
        },
        a, b, probability);
}
