using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>Closed forms of the evidence lower bound. Plain tensor operations, so that a graph is kept where there is one.</summary>
public static class VaeLoss
{
    /// <summary>KL(N(mean, exp(logVariance)) ‖ N(0, 1)) over the latent dimensions (Kingma, Welling 2013, appendix B).</summary>
    public static Tensor KlDivergence(Tensor mean, Tensor logVariance)
    {
        using var scope = NewDisposeScope();
        return (0.5 * (mean.square() + logVariance.exp() - 1 - logVariance)).sum(-1).MoveToOuterDisposeScope();
    }
}
