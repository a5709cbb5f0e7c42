using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Draws of independent gammas.</summary>
internal sealed class GammaSampler(int size) : PosteriorSampler
{
    public override int NoiseSize => checked(size * GammaCandidates.Size);

    public override Tensor Noise(long[] shape, ScalarType dtype, RandomSource random) => GammaCandidates.Noise([.. shape, size], dtype, random).flatten(-2);

    public override Tensor Draw(Distribution distribution, Tensor noise)
    {
        var gamma = (Gamma)distribution;
        Tensor standard = GammaCandidates.LogDraws(gamma.Concentration, noise.reshape([.. noise.shape[..^1], size, GammaCandidates.Size])).exp();
        return GammaMath.WithSlope(standard.to(gamma.DType), gamma.Concentration) / gamma.Rate;
    }
}
