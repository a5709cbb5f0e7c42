using ReparamPS.Vae.Posteriors;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Objectives;

/// <summary>The ELBO: with the analytic KL term if it has one (estimator B of arXiv:1312.6114), or by draws alone (estimator A).</summary>
internal sealed class BoundObjective(bool byDraws, double freeBits) : Objective
{
    /// <summary>Whether it is the plain ELBO, for which a gradient is derived by hand.</summary>
    public bool IsPlain => !byDraws && freeBits == 0;

    public override (Tensor Reconstruction, Tensor KlDivergence) Backward(VaeBound bound, Tensor images, Tensor noise, double klWeight)
    {
        (Tensor reconstruction, Tensor kl) = bound.Terms(images, noise, byDraws);
        Tensor cost = freeBits > 0 ? FreeBitsCost(bound, images) : kl.mean();
        (klWeight * cost - reconstruction.mean()).backward();
        return (reconstruction, kl);
    }

    // Kingma, Salimans et al. 2016, arXiv:1606.04934, appendix C.8: a dimension costs nothing more until it uses its free nats.
    private Tensor FreeBitsCost(VaeBound bound, Tensor images) =>
        ((DiagonalNormalPosterior)bound.Posterior).KlByDimension(bound.Encode(images)).mean([0]).clamp_min(freeBits).sum();
}
