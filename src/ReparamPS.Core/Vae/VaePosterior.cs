using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>
/// q(z | x): what the encoder's output means. Draws are differentiable in the output. Shapes: output [images, <see cref="StatisticsSize"/>], draws
/// [samples, images, latent], log-densities [samples, images].
/// </summary>
internal abstract class VaePosterior(int latentSize)
{
    /// <summary>Latent dimensions.</summary>
    public int LatentSize { get; } = latentSize;

    /// <summary>Numbers that the encoder gives an image.</summary>
    public abstract int StatisticsSize { get; }

    /// <summary>The posterior of a name.</summary>
    public static VaePosterior Create(VaeOptions options) =>
        VaeOptions.Is(options.Posterior, "normal") ? new DiagonalNormalPosterior(options.LatentSize)
        : VaeOptions.Is(options.Posterior, "fullnormal") ? new FullNormalPosterior(options.LatentSize)
        : new CatalogPosterior(options.Posterior, options.LatentSize, options.Temperature);

    /// <summary>Whether KL against the fixed prior has a closed form.</summary>
    public virtual bool HasAnalyticKl => true;

    /// <summary>Whether the fixed prior is standard normal.</summary>
    public virtual bool HasNormalPrior => true;

    /// <summary>Draws: normals from the noise, which is standard normal and has the draws' shape; others from the stream.</summary>
    public abstract Tensor Draw(Tensor statistics, Tensor noise, RandomSource random);

    /// <summary>The latent points that draws stand for; only relaxed switches and choices are drawn in other coordinates than their own.</summary>
    public virtual Tensor Latents(Tensor draws) => draws;

    /// <summary>The log-density at draws.</summary>
    public abstract Tensor LogProbability(Tensor statistics, Tensor draws);

    /// <summary>KL against the standard normal, one value an image.</summary>
    public abstract Tensor KlDivergence(Tensor statistics);

    /// <summary>The mean, [images, latent].</summary>
    public virtual Tensor Mean(Tensor statistics) => statistics.narrow(1, 0, LatentSize);

    /// <summary>The standard deviations, [images, latent].</summary>
    public abstract Tensor StandardDeviation(Tensor statistics);

    /// <summary>The log-density of the fixed prior at draws.</summary>
    public virtual Tensor PriorLogProbability(Tensor draws) => StandardNormalLogProbability(draws);

    /// <summary>Latent points from the fixed prior, [count, latent].</summary>
    public virtual Tensor DrawPrior(int count, ScalarType dtype, RandomSource random) => random.Normal([count, LatentSize], dtype);

    /// <summary>log N(value; 0, 1), summed over the last dimension.</summary>
    public static Tensor StandardNormalLogProbability(Tensor value) => -0.5 * (value.square() + Math.Log(2 * Math.PI)).sum(-1);
}

/// <summary>Independent normals: mean and log-variance side by side.</summary>
internal sealed class DiagonalNormalPosterior(int latentSize) : VaePosterior(latentSize)
{
    public override int StatisticsSize => checked(2 * LatentSize);

    public override Tensor Draw(Tensor statistics, Tensor noise, RandomSource random) => Mean(statistics) + StandardDeviation(statistics) * noise;

    public override Tensor LogProbability(Tensor statistics, Tensor draws)
    {
        Tensor logVariance = LogVariance(statistics);
        return -0.5 * ((draws - Mean(statistics)).square() * (-logVariance).exp() + logVariance + Math.Log(2 * Math.PI)).sum(-1);
    }

    public override Tensor KlDivergence(Tensor statistics) => VaeLoss.KlDivergence(Mean(statistics), LogVariance(statistics));

    public override Tensor StandardDeviation(Tensor statistics) => (0.5 * LogVariance(statistics)).exp();

    /// <summary>KL of each dimension, [images, latent].</summary>
    public Tensor KlByDimension(Tensor statistics)
    {
        Tensor logVariance = LogVariance(statistics);
        return 0.5 * (Mean(statistics).square() + logVariance.exp() - 1 - logVariance);
    }

    private Tensor LogVariance(Tensor statistics) => statistics.narrow(1, LatentSize, LatentSize);
}

/// <summary>
/// A normal with full covariance C Cᵀ: mean, logarithm of C's diagonal, and a square matrix of which the part below the diagonal is C's
/// (Kingma, Welling 2019, arXiv:1906.02691, section 2.5.1).
/// </summary>
internal sealed class FullNormalPosterior(int latentSize) : VaePosterior(latentSize)
{
    public override int StatisticsSize => checked(LatentSize * (2 + LatentSize));

    public override Tensor Draw(Tensor statistics, Tensor noise, RandomSource random) => Mean(statistics) + (Factor(statistics) * noise.unsqueeze(-2)).sum(-1);

    public override Tensor LogProbability(Tensor statistics, Tensor draws)
    {
        Tensor factor = Factor(statistics).unsqueeze(0).expand(draws.shape[0], -1, -1, -1);
        Tensor noise = linalg.solve_triangular(factor, (draws - Mean(statistics)).unsqueeze(-1), upper: false).squeeze(-1);
        return StandardNormalLogProbability(noise) - LogDiagonal(statistics).sum(-1);
    }

    public override Tensor KlDivergence(Tensor statistics) =>
        0.5 * (Mean(statistics).square().sum(-1) + Factor(statistics).square().sum(-1).sum(-1) - LatentSize) - LogDiagonal(statistics).sum(-1);

    public override Tensor StandardDeviation(Tensor statistics) => Factor(statistics).square().sum(-1).sqrt();

    private Tensor LogDiagonal(Tensor statistics) => statistics.narrow(1, LatentSize, LatentSize);

    private Tensor Factor(Tensor statistics) =>
        statistics.narrow(1, 2 * LatentSize, (long)LatentSize * LatentSize).view(-1, LatentSize, LatentSize).tril(-1) + LogDiagonal(statistics).exp().diag_embed();
}
