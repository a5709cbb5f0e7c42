using ReparamPS.Optimization;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>The gradient of any objective, by libtorch's autograd. The parameters' gradients are views of one buffer, as the parameters are.</summary>
internal sealed class AutogradVaeGradient : IVaeGradient
{
    private readonly VaeModel model;
    private readonly FlatParameters gradient;
    private readonly VaeOptions options;
    private readonly string objective;

    /// <summary>Lets the model's parameters require gradients.</summary>
    /// <param name="model">The model.</param>
    /// <param name="gradient">Where gradients go: laid out as the model's parameters.</param>
    public AutogradVaeGradient(VaeModel model, FlatParameters gradient)
    {
        (this.model, this.gradient, options) = (model, gradient, model.Options);
        objective = options.Objective.ToLowerInvariant();
        for (int i = 0; i < gradient.Views.Count; i++)
        {
            model.Flat.Views[i].requires_grad_(true);
            model.Flat.Views[i].grad = gradient.Views[i];
        }
    }

    /// <inheritdoc/>
    public void Compute(VaeBatch batch, double klWeight, RandomSource random, VaeStepSums sums)
    {
        gradient.Buffer.zero_();
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        Tensor noise = batch.Noise.view(batch.Rows, options.Samples, options.LatentSize).transpose(0, 1);
        (Tensor reconstruction, Tensor kl) = objective is "elbo" or "sgvba" ? Bound(batch.Images, noise, klWeight, random) : Weighted(batch.Images, noise, klWeight, random);
        sums.Add(reconstruction.detach().sum().MoveToOuterDisposeScope(), kl.detach().sum().MoveToOuterDisposeScope());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor view in model.Flat.Views) view.requires_grad_(false);
    }

    private (Tensor Reconstruction, Tensor Kl) Bound(Tensor images, Tensor noise, double klWeight, RandomSource random)
    {
        (Tensor reconstruction, Tensor kl) = VaeBound.Terms(model, images, noise, random, byDraws: objective == "sgvba");
        Tensor cost = options.FreeBits > 0 ? FreeBitsCost(images) : kl.mean();
        (klWeight * cost - reconstruction.mean()).backward();
        return (reconstruction, kl);
    }

    // Kingma, Salimans et al. 2016, arXiv:1606.04934, appendix C.8: a dimension costs nothing more until it uses its free nats.
    private Tensor FreeBitsCost(Tensor images) =>
        ((DiagonalNormalPosterior)model.Posterior).KlByDimension(model.EncodeStatistics(images)).mean([0]).clamp_min(options.FreeBits).sum();

    // Burda, Grosse, Salakhutdinov 2015, arXiv:1509.00519; Roeder, Wu, Duvenaud 2017, arXiv:1703.09194; Tucker et al. 2018, arXiv:1810.04152.
    private (Tensor Reconstruction, Tensor Kl) Weighted(Tensor images, Tensor noise, double klWeight, RandomSource random)
    {
        Tensor statistics = model.EncodeStatistics(images), draws = model.Posterior.Draw(statistics, noise, random);
        bool isDoubly = objective == "dreg";
        Tensor at = isDoubly ? draws.detach().requires_grad_(true) : draws;
        Tensor logLikelihood = VaeBound.LogLikelihood(model, images, at);
        Tensor cost = model.Posterior.LogProbability(objective == "iwae" ? statistics : statistics.detach(), at) - VaeBound.PriorLogProbability(model, at);
        Tensor logWeights = logLikelihood - klWeight * cost;
        if (isDoubly)
        {
            Tensor weights = logWeights.detach().softmax(0);
            (weights * logWeights).sum([0]).mean().neg().backward();
            draws.backward([at.grad! * weights.unsqueeze(-1)]);
        }
        else
        {
            // Without its score term the importance-weighted bound has a biased gradient, and the plain one has not.
            (objective == "stl" ? logWeights.mean([0]) : logWeights.logsumexp(0)).mean().neg().backward();
        }
        return (logLikelihood.mean([0]), cost.mean([0]));
    }
}
