using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>
/// A normal with full covariance C Cᵀ: mean, logarithm of C's diagonal, and a square matrix of which the part below the diagonal is C's
/// (Kingma, Welling 2019, arXiv:1906.02691, section 2.5.1).
/// </summary>
internal sealed class FullNormalPosterior(int latentSize) : Posterior(latentSize)
{
    public override int StatisticsSize => checked(LatentSize * (2 + LatentSize));

    public override Tensor Draw(Tensor statistics, Tensor noise) => Mean(statistics) + (Factor(statistics) * noise.unsqueeze(-2)).sum(-1);

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
