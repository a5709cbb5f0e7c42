using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Posteriors;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Priors;

/// <summary>The prior that fits the posterior: standard normal on the real line, otherwise the uniform or exponential of its space.</summary>
internal sealed class FixedPrior(Posterior posterior) : Prior
{
    public override bool IsFixed => true;

    public override Tensor LogProbability(Tensor draws) => posterior.PriorLogProbability(draws);

    public override Tensor Draw(int count, ScalarType dtype, RandomSource random) => posterior.DrawPrior(count, dtype, random);
}
