using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The importance-weighted bound, doubly reparameterized (Tucker et al. 2018, arXiv:1810.04152).</summary>
internal sealed class DoublyReparameterizedObjective : WeightedObjective
{
    public override bool NeedsManyDraws => true;

    protected override Tensor Leaf(Tensor draws) => draws.detach().requires_grad_(true);

    // The score term, −β w̃ ∂log q/∂φ, has the expectation of −β w̃ (1 − w̃) ∂log w/∂z ∂z/∂φ. With the path's own w̃, the factor is w̃ (1 − β + β w̃): w̃² only at β = 1, for which the paper derives it.
    protected override void Backward(Tensor logWeights, Tensor draws, Tensor at, double klWeight)
    {
        Tensor weights = logWeights.detach().softmax(0);
        (weights * logWeights).sum([0]).mean().neg().backward();
        draws.backward([at.grad! * (klWeight * weights + (1 - klWeight)).unsqueeze(-1)]);
    }
}
