using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Inference.Models;

/// <summary>
/// Log-densities of priors in unconstrained coordinates. Close to an end of the support, a value has lost its distance from this end to rounding, but its coordinate has not:
/// where a formula in the coordinate is known, the density is computed by it.
/// </summary>
internal static class CoordinateDensity
{
    // exp(−40) is below the rounding of 1.
    private const double Far = 40;

    /// <summary>The log-density, shape [draws]: the prior's at the value, with the logarithm of the Jacobian.</summary>
    /// <param name="prior">The prior.</param>
    /// <param name="map">The bijection to its support.</param>
    /// <param name="own">The coordinates.</param>
    /// <param name="value">The value at the coordinates; null to compute it if it is needed.</param>
    public static Tensor Of(Distribution prior, Transform map, Tensor own, Tensor? value = null)
    {
        while (prior is Independent many) (prior, map) = (many.BaseDistribution, map is IndependentTransform each ? each.BaseTransform : map);
        // The coordinates are those of the base, whose values the transforms move on.
        if (prior is TransformedDistribution { Support: ImageConstraint } image) return Of(image.BaseDistribution, Bijections.To(image.BaseDistribution.Support), own);
        if (Direct(prior, map, own) is { } density) return ModelParameter.PerDraw(density);
        value ??= map.Forward(own);
        density = ModelParameter.PerDraw(prior.LogProb(value));
        return Bijections.IsIdentity(map) ? density : density + ModelParameter.PerDraw(map.LogAbsDetJacobian(own, value));
    }

    private static Tensor? Direct(Distribution prior, Transform map, Tensor at) => (prior, map) switch
    {
        (Beta beta, SigmoidTransform) => OfLogOdds(beta.Concentration1, beta.Concentration0, at),
        (Kumaraswamy power, SigmoidTransform) => OfPower(power.Concentration1, power.Concentration0, at),
        (ContinuousBernoulli tilted, SigmoidTransform) => tilted.LogProbAt(at.sigmoid(), () => (-at).sigmoid()) + OfLogistic(at),
        (RelaxedBernoulli relaxed, SigmoidTransform) => relaxed.Temperature.log() + OfLogistic(relaxed.Temperature * at - relaxed.Logits),
        (Dirichlet sticks, StickBreakingTransform) => OfSticks(sticks.Concentration, at),
        (LogisticNormal normal, StickBreakingTransform) => OfNormal(normal.Loc, normal.Scale, at),
        // Its upper bound exists for negative ξ, and its draws are Low + (High − Low) x with x of Beta(1, −1 / ξ).
        (GeneralizedPareto { Concentration: var shape }, ComposeTransform { Parts: [SigmoidTransform, ..] }) => OfLogOdds(ones_like(shape), -shape.reciprocal(), at),
        // (1 + tanh x) / 2 is the sigmoid of 2 x.
        (TanhNormal tanh, ComposeTransform { Parts: [SigmoidTransform, ..] }) => OfNormal(2 * tanh.Loc, 2 * tanh.Scale, at),
        (TransformedDistribution { Transforms: [.., TanhTransform] } tanh, ComposeTransform { Parts: [SigmoidTransform, ..] }) => tanh.BeforeLast.LogProb(0.5 * at) - Math.Log(2) * TensorShapes.Count(tanh.EventShape),
        (TransformedDistribution { Transforms: [.., var last] } moved, _) when last.IsSameAs(map) => moved.BeforeLast.LogProb(at),
        (MixtureSameFamily { EventShape.Length: 0 } mixture, _) => Direct(mixture.ComponentDistribution, map, at.unsqueeze(-1)) is { } components ? mixture.Mixed(components) : null,
        _ => null,
    };

    // xᵃ (1 − x)ᵇ / B(a, b).
    private static Tensor OfLogOdds(Tensor a, Tensor b, Tensor at) =>
        BetaMath.LogKernel(a, b, TensorFunctions.LogSigmoid(at), TensorFunctions.LogSigmoid(-at), b * at.sigmoid() - a * (-at).sigmoid());

    // a b xᵃ (1 − x) (1 − xᵃ)ᵇ⁻¹; far out, 1 − xᵃ is a (1 − x).
    private static Tensor OfPower(Tensor a, Tensor b, Tensor at)
    {
        Tensor logX = TensorFunctions.LogSigmoid(at), logA = a.log(), isFar = (at > Far) & (at - logA > Far);
        Tensor outer = TensorChoice.Where(isFar, logA - at, LogComplement.OfExp(a * logX.masked_fill(isFar, -1)));
        return logA + b.log() + a * logX + TensorFunctions.LogSigmoid(-at) + (b - 1) * outer;
    }

    // The pieces of a stick are independent: each takes its share, of a beta distribution, of what the pieces before it leave.
    private static Tensor OfSticks(Tensor concentration, Tensor at)
    {
        long pieces = at.shape[^1];
        return OfLogOdds(concentration.narrow(-1, 0, pieces), TensorFunctions.SuffixSums(concentration).narrow(-1, 1, pieces), at - StickBreakingTransform.LogOffset(at));
    }

    private static Tensor OfLogistic(Tensor standard) => TensorFunctions.LogSigmoid(standard) + TensorFunctions.LogSigmoid(-standard);

    private static Tensor OfNormal(Tensor loc, Tensor scale, Tensor at) => StandardNormal.LogDensity((at - loc) / scale) - scale.log();
}
