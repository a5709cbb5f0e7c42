using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>A learned mixture of diagonal normals over latent points: logits of the weights, means and log-scales.</summary>
internal sealed record MixturePrior(Tensor Logits, Tensor Means, Tensor LogScales)
{
    /// <summary>The log-density at draws of shape [samples, images, latent], as [samples, images].</summary>
    public Tensor LogProbability(Tensor draws)
    {
        Tensor standard = (draws.unsqueeze(-2) - Means) * (-LogScales).exp();
        Tensor components = VaePosterior.StandardNormalLogProbability(standard) - LogScales.sum(-1);
        return (components + Logits.log_softmax(-1)).logsumexp(-1);
    }

    /// <summary>Draws, from uniform numbers in [0, 1) of shape [draws] and standard normal noise of shape [draws, latent].</summary>
    public Tensor Draw(Tensor uniform, Tensor noise)
    {
        Tensor component = (uniform.unsqueeze(-1) >= Logits.softmax(-1).cumsum(-1)).sum(-1).clamp_max(Logits.shape[0] - 1);
        return Means.index_select(0, component) + LogScales.index_select(0, component).exp() * noise;
    }
}
