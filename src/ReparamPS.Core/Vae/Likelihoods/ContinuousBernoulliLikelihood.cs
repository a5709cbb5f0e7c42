using ReparamPS.Distributions;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>The continuous Bernoulli likelihood of intensities in [0, 1], in its logits (Loaiza-Ganem, Cunningham 2019, arXiv:1907.06845).</summary>
internal sealed class ContinuousBernoulliLikelihood : Likelihood
{
    protected override Tensor Terms(Tensor images, Tensor output) => ContinuousBernoulli.LogDensity(output, images);

    protected override Tensor MeanOf(Tensor output) => ContinuousBernoulli.MeanOf(output);
}
