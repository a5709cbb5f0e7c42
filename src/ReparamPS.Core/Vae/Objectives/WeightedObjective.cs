using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>An objective on the log-weights log p(x, z) − log q(z | x) of the draws.</summary>
internal abstract class WeightedObjective : Objective
{
    /// <summary>Whether the gradient leaves out the score term, that of log q in the posterior's own statistics.</summary>
    protected virtual bool OmitsScore => true;

    public override (Tensor Reconstruction, Tensor KlDivergence) Backward(VaeBound bound, Tensor images, Tensor noise, double klWeight)
    {
        Tensor statistics = bound.Encode(images), draws = bound.Posterior.Draw(statistics, noise), at = Leaf(draws);
        Tensor logLikelihood = bound.LogLikelihood(images, at);
        Tensor cost = bound.Posterior.LogProbability(OmitsScore ? statistics.detach() : statistics, at) - bound.LogPrior(at);
        Backward(logLikelihood - klWeight * cost, draws, at, klWeight);
        return (logLikelihood.mean([0]), cost.mean([0]));
    }

    /// <summary>The point at which the weights are taken.</summary>
    protected virtual Tensor Leaf(Tensor draws) => draws;

    /// <summary>Computes the gradient from the log-weights log p(x | z) + klWeight · (log p(z) − log q(z | x)), [samples, images].</summary>
    protected abstract void Backward(Tensor logWeights, Tensor draws, Tensor at, double klWeight);
}
