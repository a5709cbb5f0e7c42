using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences between distributions of vectors and of matrices.</summary>
internal sealed class MultivariateFamily : DivergenceFamily
{
    public MultivariateFamily()
    {
        Add<MultivariateNormal, MultivariateNormal>((p, q) => OfNormals(Parts(p), Parts(q)));
        Add<MultivariateNormal, LowRankMultivariateNormal>((p, q) => OfNormals(Parts(p), Parts(q)));
        Add<LowRankMultivariateNormal, MultivariateNormal>((p, q) => OfNormals(Parts(p), Parts(q)));
        Add<LowRankMultivariateNormal, LowRankMultivariateNormal>((p, q) => OfNormals(Parts(p), Parts(q)));
        Add<Wishart, Wishart>(OfWisharts);
        Add<VonMisesFisher, VonMisesFisher>(OfVonMisesFishers);
    }

    /// <summary>A normal distribution: Root · Rootᵀ is the covariance, and Quadratic(x) is xᵀ Σ⁻¹ x.</summary>
    private sealed record NormalParts(Tensor Loc, Tensor Root, Tensor LogDeterminant, Func<Tensor, Tensor> Quadratic, long[] BatchShape);

    private static NormalParts Parts(MultivariateNormal normal) => new(normal.Loc, normal.Factor(), normal.LogDeterminant(), normal.Quadratic, normal.BatchShape);

    private static NormalParts Parts(LowRankMultivariateNormal normal)
    {
        Tensor diagonal = normal.CovDiag.sqrt().diag_embed();
        TensorShapes.TryBroadcast(normal.CovFactor.shape[..^2], diagonal.shape[..^2], out long[] batch);
        Tensor root = cat([normal.CovFactor.expand([.. batch, .. normal.CovFactor.shape[^2..]]), diagonal.expand([.. batch, .. diagonal.shape[^2..]])], -1);
        return new(normal.Loc, root, normal.LogDeterminant(), normal.Quadratic, normal.BatchShape);
    }

    // ½ (log|Σ_q| − log|Σ_p| + tr(Σ_q⁻¹ Σ_p) + (μ_q − μ_p)ᵀ Σ_q⁻¹ (μ_q − μ_p) − d), the trace by the columns of the root.
    private static Tensor OfNormals(NormalParts p, NormalParts q)
    {
        TensorShapes.TryBroadcast(p.BatchShape, q.BatchShape, out long[] batch);
        Tensor columns = p.Root.expand([.. batch, .. p.Root.shape[^2..]]).movedim([-1], [0]);
        Tensor trace = q.Quadratic(columns).sum([0]);
        Tensor distance = q.Quadratic((q.Loc - p.Loc).expand([.. batch, q.Loc.shape[^1]]));
        return 0.5 * (q.LogDeterminant - p.LogDeterminant + trace + distance - q.Loc.shape[^1]);
    }

    private static Tensor OfWisharts(Wishart p, Wishart q)
    {
        long size = p.EventShape[0];
        Tensor factor = p.Factor(), otherFactor = q.Factor();
        Tensor trace = BatchedMatrix.SolveLowerMatrix(otherFactor, factor).square().flatten(-2).sum(-1);
        Tensor digammas = (p.Df.unsqueeze(-1) / 2 - arange(size, dtype: p.DType, device: p.Device) * 0.5).digamma().sum(-1);
        return q.Df * (BatchedMatrix.LogDeterminant(otherFactor) - BatchedMatrix.LogDeterminant(factor)) + 0.5 * p.Df * (trace - size)
            + q.LogMultigamma() - p.LogMultigamma() + 0.5 * (p.Df - q.Df) * digammas;
    }

    private static Tensor OfVonMisesFishers(VonMisesFisher p, VonMisesFisher q)
    {
        Tensor height = p.MeanHeight(), cosine = (p.Unit * q.Unit).sum(-1);
        return q.Concentration * (1 - (1 - height) * cosine) - p.Concentration * height + q.LogNormalizer() - p.LogNormalizer();
    }
}
