using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The ELBO by draws without the score term of its gradient (Roeder, Wu, Duvenaud 2017, arXiv:1703.09194).</summary>
internal sealed class StickingTheLandingObjective : WeightedObjective
{
    protected override void Backward(Tensor logWeights, Tensor draws, Tensor at, double klWeight) => logWeights.mean([0]).mean().neg().backward();
}
