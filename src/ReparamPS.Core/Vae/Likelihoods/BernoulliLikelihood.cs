using static TorchSharp.torch;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>A Bernoulli likelihood in its logits; intensities between 0 and 1 count as probabilities.</summary>
internal sealed class BernoulliLikelihood : Likelihood
{
    /// <summary>x l − log(1 + exp(l)) of each pixel.</summary>
    public static Tensor LogTerms(Tensor images, Tensor logits) => images * logits - logaddexp(logits, logits.new_zeros(1));

    protected override Tensor Terms(Tensor images, Tensor output) => LogTerms(images, output);

    protected override Tensor MeanOf(Tensor output) => output.sigmoid();
}
