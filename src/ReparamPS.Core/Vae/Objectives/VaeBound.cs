using ReparamPS.Vae.Likelihoods;
using ReparamPS.Vae.Posteriors;
using ReparamPS.Vae.Priors;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The terms of the bound by plain tensor operations: for evaluation, for autograd, and as the reference of the hand-derived gradient.</summary>
/// <param name="posterior">q(z | x).</param>
/// <param name="prior">p(z).</param>
/// <param name="likelihood">p(x | z).</param>
/// <param name="encode">From images to the statistics of their posteriors.</param>
/// <param name="decode">From latent points to the output that the likelihood reads.</param>
internal sealed class VaeBound(Posterior posterior, Prior prior, Likelihood likelihood, Func<Tensor, Tensor> encode, Func<Tensor, Tensor> decode)
{
    /// <summary>q(z | x).</summary>
    public Posterior Posterior => posterior;

    /// <summary>Whether the KL term has a closed form.</summary>
    public bool HasAnalyticKl => prior.IsFixed && posterior.HasAnalyticKl;

    /// <summary>The statistics of the posteriors of images.</summary>
    public Tensor Encode(Tensor images) => encode(images);

    /// <summary>Reconstruction and KL term, one value per image each, means over the draws. The KL term is analytic if it has a closed form and draws are not required.</summary>
    /// <param name="images">Intensities, one image per row.</param>
    /// <param name="noise">The posterior's noise, [samples, images, its numbers per draw].</param>
    /// <param name="byDraws">Whether the KL term is estimated by the draws even if it has a closed form.</param>
    public (Tensor Reconstruction, Tensor KlDivergence) Terms(Tensor images, Tensor noise, bool byDraws = false)
    {
        using var scope = NewDisposeScope();
        Tensor statistics = encode(images), draws = posterior.Draw(statistics, noise);
        Tensor reconstruction = LogLikelihood(images, draws).mean([0]);
        Tensor kl = byDraws || !HasAnalyticKl ? (posterior.LogProbability(statistics, draws) - LogPrior(draws)).mean([0]) : posterior.KlDivergence(statistics);
        return (reconstruction.MoveToOuterDisposeScope(), kl.MoveToOuterDisposeScope());
    }

    /// <summary>log p(x | z) at draws, [samples, images].</summary>
    public Tensor LogLikelihood(Tensor images, Tensor draws)
    {
        using var scope = NewDisposeScope();
        Tensor output = decode(posterior.Latents(draws).reshape(-1, draws.shape[^1])).view(draws.shape[0], draws.shape[1], -1);
        return likelihood.LogProbability(images, output).MoveToOuterDisposeScope();
    }

    /// <summary>log p(z) at draws, [samples, images].</summary>
    public Tensor LogPrior(Tensor draws)
    {
        using var scope = NewDisposeScope();
        return prior.LogProbability(draws).MoveToOuterDisposeScope();
    }
}
