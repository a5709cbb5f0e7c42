using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Vae.Posteriors;

/// <summary>
/// A normal with full covariance C Cᵀ: mean, logarithm of C's diagonal, and a square matrix of which the part below the diagonal is C's
/// (Kingma, Welling 2019, arXiv:1906.02691, section 2.5.1).
/// </summary>
internal sealed class FullNormalPosterior(int latentSize) : Posterior(latentSize)
{
    public override int StatisticsSize => checked(LatentSize * (2 + LatentSize));

    public override Tensor Draw(Tensor statistics, Tensor noise) => BatchedMatrix.Times(Factor(statistics), noise) + Mean(statistics);

    public override Tensor LogProbability(Tensor statistics, Tensor draws) =>
        StandardNormal.LogDensityOfVectors(BatchedMatrix.SolveLower(Factor(statistics), draws - Mean(statistics))) - LogDiagonal(statistics).sum(-1);

    public override Tensor KlDivergence(Tensor statistics) => NormalDivergence.VectorsToStandard(Mean(statistics), Below(statistics), LogDiagonal(statistics));

    public override (Tensor Mean, Tensor StandardDeviation) Moments(Tensor statistics) => (Mean(statistics), Factor(statistics).square().sum(-1).sqrt());

    private Tensor Mean(Tensor statistics) => statistics.narrow(1, 0, LatentSize);

    private Tensor LogDiagonal(Tensor statistics) => statistics.narrow(1, LatentSize, LatentSize);

    private Tensor Below(Tensor statistics) => statistics.narrow(1, 2 * LatentSize, (long)LatentSize * LatentSize).view(-1, LatentSize, LatentSize).tril(-1);

    private Tensor Factor(Tensor statistics) => Below(statistics) + LogDiagonal(statistics).exp().diag_embed();
}
