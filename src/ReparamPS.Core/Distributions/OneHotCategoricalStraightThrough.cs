using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The categorical distribution over one-hot vectors, whose draws carry the gradient of their probabilities: z = onehot + p − p.detach().
/// Counterpart of <c>torch.distributions.OneHotCategoricalStraightThrough</c>. The gradient is biased for functions that are not linear in z (Bengio et al. 2013, arXiv:1308.3432).
/// </summary>
public sealed class OneHotCategoricalStraightThrough : OneHotCategorical
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static new DistributionType Definition { get; } = new(
        "OneHotCategoricalStraightThrough",
        Reparameterization.StraightThrough,
        OneHot,
        [new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } }, new("Logits", LogWeights) { Group = "Probs" }],
        given => new OneHotCategoricalStraightThrough(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Π Probs_i^x_i, Probs normalized",
        Moments = "mean Probs, variance Probs (1 − Probs), Probs normalized",
        HasMode = true, HasEnumerableSupport = true, IsLogProbInDouble = true,
        Source = "torch.distributions.OneHotCategoricalStraightThrough; Bengio et al. 2013, arXiv:1308.3432",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public OneHotCategoricalStraightThrough(Tensor? probs = null, Tensor? logits = null) : base(Definition, probs, logits) { }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor draw = base.Draw(shape, random), mean = NormalizedProbs;
        return mean.requires_grad ? draw + (mean - mean.detach()) : draw;
    }
}
