using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The importance-weighted bound, doubly reparameterized (Tucker et al. 2018, arXiv:1810.04152).</summary>
internal sealed class DoublyReparameterizedObjective : WeightedObjective
{
    public override bool NeedsManyDraws => true;

    protected override Tensor Leaf(Tensor draws) => draws.detach().requires_grad_(true);

    protected override void Backward(Tensor logWeights, Tensor draws, Tensor at)
    {
        Tensor weights = logWeights.detach().softmax(0);
        (weights * logWeights).sum([0]).mean().neg().backward();
        draws.backward([at.grad! * weights.unsqueeze(-1)]);
    }
}
