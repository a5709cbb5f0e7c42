using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>
/// q(z | x): what the encoder's output means. Draws are differentiable in the output. Shapes: output [images, <see cref="StatisticsSize"/>], draws
/// [samples, images, latent], log-densities [samples, images].
/// </summary>
internal abstract class Posterior(int latentSize)
{
    /// <summary>Latent dimensions.</summary>
    public int LatentSize { get; } = latentSize;

    /// <summary>Numbers that the encoder returns per image.</summary>
    public abstract int StatisticsSize { get; }

    /// <summary>The minimum number of latent dimensions.</summary>
    public virtual int MinLatentSize => 1;

    /// <summary>Whether KL against the fixed prior has a closed form.</summary>
    public virtual bool HasAnalyticKl => true;

    /// <summary>Whether the fixed prior is standard normal.</summary>
    public virtual bool HasNormalPrior => true;

    /// <summary>Numbers of noise per draw of all latent dimensions.</summary>
    public virtual int NoiseSize => LatentSize;

    /// <summary>Whether the noise is standard normal.</summary>
    public virtual bool HasNormalNoise => true;

    /// <summary>Noise of a shape, with one more dimension for the <see cref="NoiseSize"/> numbers of a draw. It does not depend on any parameter: it can be made long before the draw.</summary>
    public virtual Tensor Noise(long[] shape, ScalarType dtype, RandomSource random) => random.Normal([.. shape, LatentSize], dtype);

    /// <summary>Draws, a function of statistics and noise that does not wait for the device.</summary>
    /// <param name="statistics">The encoder's output.</param>
    /// <param name="noise">[samples, images, <see cref="NoiseSize"/>].</param>
    public abstract Tensor Draw(Tensor statistics, Tensor noise);

    /// <summary>The latent points that draws stand for; only relaxed switches and choices are drawn in other coordinates than their own.</summary>
    public virtual Tensor Latents(Tensor draws) => draws;

    /// <summary>The log-density at draws.</summary>
    public abstract Tensor LogProbability(Tensor statistics, Tensor draws);

    /// <summary>KL against the standard normal, one value per image.</summary>
    public abstract Tensor KlDivergence(Tensor statistics);

    /// <summary>Mean and standard deviation of the latent points, [images, latent] each.</summary>
    public abstract (Tensor Mean, Tensor StandardDeviation) Moments(Tensor statistics);

    /// <summary>The log-density of the fixed prior at draws.</summary>
    public virtual Tensor PriorLogProbability(Tensor draws) => StandardNormal.LogDensityOfVectors(draws);

    /// <summary>Latent points from the fixed prior, [count, latent].</summary>
    public virtual Tensor DrawPrior(int count, ScalarType dtype, RandomSource random) => random.Normal([count, LatentSize], dtype);
}
