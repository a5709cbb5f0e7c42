using ReparamPS.Distributions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Draws of a posterior of the catalogue from noise made ahead: no draw waits for its device, whichever numbers the parameters are.</summary>
internal abstract class PosteriorSampler
{
    /// <summary>Numbers of noise per draw of all latent dimensions.</summary>
    public abstract int NoiseSize { get; }

    /// <summary>Noise of a shape, with one more dimension for the numbers of a draw.</summary>
    public abstract Tensor Noise(long[] shape, ScalarType dtype, RandomSource random);

    /// <summary>Draws, differentiable in the distribution's parameters.</summary>
    /// <param name="distribution">One distribution per image.</param>
    /// <param name="noise">[samples, images, <see cref="NoiseSize"/>].</param>
    public abstract Tensor Draw(Distribution distribution, Tensor noise);
}

/// <summary>A distribution whose draws are a function of one number per dimension.</summary>
/// <param name="size">Latent dimensions.</param>
/// <param name="primitive">Makes these numbers: one of the stream's primitives.</param>
internal sealed class DirectSampler(int size, Func<RandomSource, long[], ScalarType, Tensor> primitive) : PosteriorSampler
{
    public override int NoiseSize => size;

    public override Tensor Noise(long[] shape, ScalarType dtype, RandomSource random) => primitive(random, [.. shape, size], dtype);

    public override Tensor Draw(Distribution distribution, Tensor noise)
    {
        using var prepared = new PreparedNoise(noise);
        return distribution.RSample([noise.shape[0]], prepared);
    }
}
