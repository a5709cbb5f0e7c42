using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The terms of the bound by plain tensor operations: for evaluation, for autograd, and as what the hand-derived gradient is held to.</summary>
internal static class VaeBound
{
    /// <summary>Reconstruction and KL term, one value an image each, means over the draws. The KL term is analytic where it can be and draws are not asked for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Intensities, one image a row.</param>
    /// <param name="noise">Standard normal noise, [samples, images, latent].</param>
    /// <param name="random">The stream that posteriors other than normals draw from.</param>
    /// <param name="byDraws">Whether the KL term is estimated by the draws even where it has a closed form.</param>
    public static (Tensor Reconstruction, Tensor KlDivergence) Terms(VaeModel model, Tensor images, Tensor noise, RandomSource random, bool byDraws = false)
    {
        using var scope = NewDisposeScope();
        Tensor statistics = model.EncodeStatistics(images);
        Tensor draws = model.Posterior.Draw(statistics, noise, random);
        Tensor reconstruction = LogLikelihood(model, images, draws).mean([0]);
        Tensor kl = byDraws || model.Mixture is not null || !model.Posterior.HasAnalyticKl
            ? (model.Posterior.LogProbability(statistics, draws) - PriorLogProbability(model, draws)).mean([0])
            : model.Posterior.KlDivergence(statistics);
        return (reconstruction.MoveToOuterDisposeScope(), kl.MoveToOuterDisposeScope());
    }

    /// <summary>log p(x | z) at draws, [samples, images].</summary>
    public static Tensor LogLikelihood(VaeModel model, Tensor images, Tensor draws)
    {
        using var scope = NewDisposeScope();
        Tensor output = model.Decode(model.Posterior.Latents(draws).reshape(-1, draws.shape[^1])).view(draws.shape[0], draws.shape[1], -1);
        return VaeLikelihood.LogProbability(model.Options.Likelihood, images, output, model.LogVariance).MoveToOuterDisposeScope();
    }

    /// <summary>log p(z) at draws, [samples, images].</summary>
    public static Tensor PriorLogProbability(VaeModel model, Tensor draws)
    {
        using var scope = NewDisposeScope();
        return (model.Mixture?.LogProbability(draws) ?? model.Posterior.PriorLogProbability(draws)).MoveToOuterDisposeScope();
    }
}
