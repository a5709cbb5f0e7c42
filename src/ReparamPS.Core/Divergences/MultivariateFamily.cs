using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences between distributions of vectors and of matrices.</summary>
internal sealed class MultivariateFamily : DivergenceFamily
{
    public MultivariateFamily()
    {
        Add<MultivariateNormal, MultivariateNormal>(OfFactors);
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

    private static Tensor OfFactors(MultivariateNormal p, MultivariateNormal q)
    {
        Tensor ours = p.Factor(), theirs = q.Factor(), excess = BatchedMatrix.SolveLowerMatrix(theirs, ours - theirs);
        Tensor deficits = Deficit.OfRatio(ours.diagonal(dim1: -2, dim2: -1), theirs.diagonal(dim1: -2, dim2: -1));
        return NormalDivergence.OfVectors(q.Quadratic(q.Loc - p.Loc), excess, deficits);
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

    // Of the squares of the factors' ratio M: below the diagonal as they are, on it each as a divergence of two gammas with concentrations (Df − i) / 2.
    private static Tensor OfWisharts(Wishart p, Wishart q)
    {
        Tensor squares = BatchedMatrix.SolveLowerMatrix(q.Factor(), p.Factor()).square(), ratios = squares.diagonal(dim1: -2, dim2: -1);
        Tensor orders = arange(p.EventShape[0], dtype: p.DType, device: p.Device), one = p.Df.new_full([], 1);
        Tensor a = (p.Df.unsqueeze(-1) - orders) / 2, b = (q.Df.unsqueeze(-1) - orders) / 2;
        Tensor each = Stirling.DivergenceRest(a, b) - Deficit.TimesOfRatio(a * ratios, b) - orders / 2 * Deficit.OfRatio(ratios, one);
        return each.sum(-1) + 0.5 * p.Df * squares.tril(-1).flatten(-2).sum(-1);
    }

    private static Tensor OfVonMisesFishers(VonMisesFisher p, VonMisesFisher q)
    {
        // That of two angles, and what the second mean direction lacks in cosine: |μ − ν|² / 2.
        double dimension = p.EventShape[0];
        Tensor ofAngles = Elementwise.Apply((at, to) => PolarAngle.Divergence(dimension, at, to), p.Concentration, q.Concentration);
        return ofAngles + 0.5 * q.Concentration * p.Concentration * p.Across() * (p.Unit - q.Unit).square().sum(-1);
    }
}
