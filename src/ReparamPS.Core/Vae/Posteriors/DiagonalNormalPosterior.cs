using ReparamPS.Distributions.SpecialFunctions;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>Independent normals: mean and log-variance side by side.</summary>
internal sealed class DiagonalNormalPosterior(int latentSize) : Posterior(latentSize)
{
    public override int StatisticsSize => checked(2 * LatentSize);

    public override Tensor Draw(Tensor statistics, Tensor noise) => Mean(statistics) + StandardDeviation(statistics) * noise;

    public override Tensor LogProbability(Tensor statistics, Tensor draws) => StandardNormal.LogDensity(draws - Mean(statistics), LogVariance(statistics)).sum(-1);

    public override Tensor KlDivergence(Tensor statistics) => KlByDimension(statistics).sum(-1);

    public override (Tensor Mean, Tensor StandardDeviation) Moments(Tensor statistics) => (Mean(statistics), StandardDeviation(statistics));

    /// <summary>KL of each dimension, [images, latent].</summary>
    public Tensor KlByDimension(Tensor statistics) => NormalDivergence.ToStandard(Mean(statistics), LogVariance(statistics));

    private Tensor Mean(Tensor statistics) => statistics.narrow(1, 0, LatentSize);

    private Tensor StandardDeviation(Tensor statistics) => (0.5 * LogVariance(statistics)).exp();

    private Tensor LogVariance(Tensor statistics) => statistics.narrow(1, LatentSize, LatentSize);
}
