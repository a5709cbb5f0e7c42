using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Reads an incomplete beta function: the value, the sign of its slope in x, and the logarithm of what its slopes are relative to.</summary>
internal delegate (double Value, int Sign, double LogScale) BetaReading(IncompleteBeta beta);

/// <summary>
/// The Beta(a, b) distribution's functions over tensors in terms of the log-odds log(x / (1 − x)), for the distributions that are made of betas:
/// the log-odds keep their digits at both ends.
/// </summary>
internal static class BetaMath
{
    /// <summary>log B(a, b), without the cancellation of its terms at large parameters.</summary>
    public static Tensor LogBeta(Tensor a, Tensor b)
    {
        Tensor direct = a.lgamma() + b.lgamma() - (a + b).lgamma();
        Tensor isLarge = maximum(a, b) >= Stirling.Large;
        Tensor total = a + b;
        Tensor scaled = (a - 0.5) * (a / total).log() + (b - 0.5) * (b / total).log() - 0.5 * total.log() + GammaFunctions.HalfLogTwoPi
            + Stirling.RemainderAnywhere(a) + Stirling.RemainderAnywhere(b) - Stirling.RemainderAnywhere(total);
        return TensorChoice.Where(isLarge, scaled, direct);
    }

    /// <summary>A reading of the incomplete beta function where x / (1 − x) has given values.</summary>
    public static Tensor AtOdds(Tensor odds, Tensor a, Tensor b, BetaReading read) => Elementwise.Apply(
        (at, to) =>
        {
            double ratio = at[0];
            UnitPoint point = UnitPoint.OfLogit(Math.Log(ratio));
            IncompleteBeta beta = IncompleteBeta.Evaluate(at[1], at[2], point);
            (to[0], int sign, double logScale) = read(beta);
            if (to.Length == 1 || !(ratio > 0 && ratio < double.PositiveInfinity)) return;
            to[1] = sign * Math.Exp(IncompleteBeta.LogLogitDensity(at[1], at[2], point) - logScale) / ratio;
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
