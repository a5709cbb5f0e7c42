using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The terms of the evidence lower bound, one value an image. Plain tensor operations, so that a graph is kept where there is one.</summary>
public static class VaeLoss
{
    /// <summary>KL(N(mean, exp(logVariance)) ‖ N(0, 1)) over the latent dimensions (Kingma, Welling 2013, appendix B).</summary>
    public static Tensor KlDivergence(Tensor mean, Tensor logVariance)
    {
        using var scope = NewDisposeScope();
        return (0.5 * (mean.square() + logVariance.exp() - 1 - logVariance)).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>log p(x | z) of a Bernoulli likelihood: Σ x·logit − log(1 + exp(logit)).</summary>
    public static Tensor BernoulliLogLikelihood(Tensor images, Tensor logits)
    {
        using var scope = NewDisposeScope();
        return (images * logits - logaddexp(logits, logits.new_zeros(1))).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Reconstruction term (one draw) and KL term of each image.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Intensities, one image a row.</param>
    /// <param name="noise">Standard normal noise, one row an image: z = mean + exp(logVariance / 2) · noise.</param>
    public static (Tensor Reconstruction, Tensor KlDivergence) Terms(VaeModel model, Tensor images, Tensor noise)
    {
        using var scope = NewDisposeScope();
        (Tensor mean, Tensor logVariance) = model.Encode(images);
        Tensor latent = mean + (0.5 * logVariance).exp() * noise;
        return (BernoulliLogLikelihood(images, model.Decode(latent)).MoveToOuterDisposeScope(), KlDivergence(mean, logVariance).MoveToOuterDisposeScope());
    }
}
