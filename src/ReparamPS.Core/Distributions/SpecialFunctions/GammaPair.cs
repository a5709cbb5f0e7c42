using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// Two standard gamma draws without gradients, in double precision, and their ratio: from the draws themselves, or in logarithms if one underflows.
/// </summary>
internal sealed class GammaPair(Tensor first, Tensor firstConcentration, Tensor second, Tensor secondConcentration, RandomSource random)
{
    private readonly Tensor? tailLogOdds = LogGamma.Underflows(first) || LogGamma.Underflows(second)
        ? LogGamma.Of(first, firstConcentration, random) - LogGamma.Of(second, secondConcentration, random)
        : null;

    /// <summary>g₁ / (g₁ + g₂).</summary>
    public Tensor Fraction => tailLogOdds?.sigmoid() ?? first / (first + second);

    /// <summary>g₁ / g₂.</summary>
    public Tensor Odds => tailLogOdds?.exp() ?? first / second;

    /// <summary>log(g₁ / g₂).</summary>
    public Tensor LogOdds => tailLogOdds ?? first.log() - second.log();
}
