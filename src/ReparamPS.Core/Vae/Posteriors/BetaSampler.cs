using ReparamPS.Distributions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Draws of independent betas: each is a quotient of two gammas, taken in logarithms.</summary>
internal sealed class BetaSampler(int size) : PosteriorSampler
{
    public override int NoiseSize => checked(2 * size * GammaCandidates.Size);

    public override Tensor Noise(long[] shape, ScalarType dtype, RandomSource random) => GammaCandidates.Noise([.. shape, 2 * size], dtype, random).flatten(-2);

    public override Tensor Draw(Distribution distribution, Tensor noise)
    {
        var beta = (Beta)distribution;
        Tensor both = GammaCandidates.LogDraws(cat([beta.Concentration1, beta.Concentration0], -1), noise.reshape([.. noise.shape[..^1], 2 * size, GammaCandidates.Size]));
        Tensor logOdds = both.narrow(-1, 0, size) - both.narrow(-1, size, size);
        return beta.WithSlopes(logOdds.sigmoid().to(beta.DType).clamp(TorchTypes.Tiny(beta.DType), 1 - TorchTypes.Epsilon(beta.DType) / 2), () => logOdds);
    }
}
