using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>The regularized incomplete beta function over tensors, at a point given by its log-odds, so that points near 0 and 1 keep their digits; differentiable.</summary>
internal static class BetaTails
{
    /// <summary>I(x; a, b).</summary>
    public static Tensor Lower(Tensor a, Tensor b, Tensor logOdds) => Apply(a, b, logOdds, beta => (beta.Lower, 1, 0));

    /// <summary>1 − I(x; a, b).</summary>
    public static Tensor Upper(Tensor a, Tensor b, Tensor logOdds) => Apply(a, b, logOdds, beta => (beta.Upper, -1, 0));

    /// <summary>log I(x; a, b).</summary>
    public static Tensor LogLower(Tensor a, Tensor b, Tensor logOdds) => Apply(a, b, logOdds, beta => (beta.LogLower, 1, beta.LogLower));

    /// <summary>log(1 − I(x; a, b)).</summary>
    public static Tensor LogUpper(Tensor a, Tensor b, Tensor logOdds) => Apply(a, b, logOdds, beta => (beta.LogUpper, -1, beta.LogUpper));

    private static Tensor Apply(Tensor a, Tensor b, Tensor logOdds, Func<IncompleteBeta, (double Value, int Sign, double LogScale)> read) => Elementwise.Apply(
        (from, to) =>
        {
            UnitPoint at = UnitPoint.OfLogit(from[2]);
            IncompleteBeta beta = IncompleteBeta.Evaluate(from[0], from[1], at);
            (to[0], int sign, double logScale) = read(beta);
            if (to.Length == 1) return;
            (double slopeA, double slopeB) = beta.Slopes(logScale);
            to[1] = sign * slopeA;
            to[2] = sign * slopeB;
            to[3] = sign * beta.LogitDensity(logScale);
        },
        a, b, logOdds);
}
