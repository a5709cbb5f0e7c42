using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The importance-weighted bound (Burda, Grosse, Salakhutdinov 2015, arXiv:1509.00519).</summary>
internal sealed class ImportanceWeightedObjective : WeightedObjective
{
    public override bool NeedsManyDraws => true;

    // Without its score term this bound's gradient would be biased.
    protected override bool OmitsScore => false;

    protected override void Backward(Tensor logWeights, Tensor draws, Tensor at, double klWeight) => logWeights.logsumexp(0).mean().neg().backward();
}
