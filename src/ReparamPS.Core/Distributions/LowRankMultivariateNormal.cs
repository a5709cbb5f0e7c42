using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The multivariate normal distribution with covariance CovFactor CovFactorᵀ + diag(CovDiag). Counterpart of <c>torch.distributions.LowRankMultivariateNormal</c>.
/// Reparameterized by location and scale: z = Loc + CovFactor ε₁ + √CovDiag · ε₂; no matrix of the size of the covariance is created.
/// </summary>
public sealed class LowRankMultivariateNormal : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LowRankMultivariateNormal",
        Reparameterization.LocationScale,
        RealVector,
        [
            new("Loc", RealVector) { Example = new[] { 0.5, -1.0, 0.0 } },
            new("CovFactor", Constraints.Constraints.Independent(Real, 2)) { Example = new[,] { { 1.0 }, { 0.5 }, { -0.3 } } },
            new("CovDiag", PositiveVector) { Example = new[] { 1.0, 0.5, 2.0 } },
        ],
        given => new LowRankMultivariateNormal(given.Tensor("Loc"), given.Tensor("CovFactor"), given.Tensor("CovDiag")))
    {
        Density = "exp(−(x − Loc)ᵀ Σ⁻¹ (x − Loc) / 2) / √((2π)^d |Σ|), Σ = CovFactor CovFactorᵀ + diag(CovDiag)",
        Moments = "mean Loc, variance the diagonal of Σ",
        HasMode = true,
        Source = "torch.distributions.LowRankMultivariateNormal",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean.</param>
    /// <param name="covFactor">The factor of the low-rank part, with one row per element of the mean.</param>
    /// <param name="covDiag">The diagonal part.</param>
    public LowRankMultivariateNormal(Tensor loc, Tensor covFactor, Tensor covDiag)
        : base(Definition, [("Loc", loc), Rows(covFactor, loc), ("CovDiag", covDiag)], [ParameterChecks.CommonWidth("LowRankMultivariateNormal", ("Loc", loc), ("CovDiag", covDiag))])
        // One number for all dimensions stands for as many: formulas sum over the diagonal.
        => (Loc, CovFactor, CovDiag) = (loc, covFactor, covDiag.expand([.. covDiag.shape[..^1], covFactor.shape[^2]]));

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The factor of the low-rank part.</summary>
    [JsonIgnore]
    public Tensor CovFactor { get; }

    /// <summary>The diagonal part.</summary>
    [JsonIgnore]
    public Tensor CovDiag { get; }

    /// <summary>The covariance.</summary>
    [JsonIgnore]
    public Tensor CovarianceMatrix
    {
        get
        {
            using var scope = NewDisposeScope();
            return (CovFactor.matmul(CovFactor.mT) + CovDiag.diag_embed()).MoveToOuterDisposeScope();
        }
    }

    // I + Wᵀ D⁻¹ W, by its Cholesky factor.
    private Tensor CapacitanceFactor()
    {
        Tensor scaled = CovFactor / CovDiag.unsqueeze(-1);
        return linalg.cholesky(CovFactor.mT.matmul(scaled) + eye(CovFactor.shape[^1], dtype: DType, device: Device));
    }

    /// <summary>log|Σ|.</summary>
    internal Tensor LogDeterminant() => 2 * BatchedMatrix.LogDeterminant(CapacitanceFactor()) + CovDiag.log().sum(-1);

    // With m = C⁻¹ Wᵀ D⁻¹ x it is |x − W m|² / D + |m|²: a sum of squares. Woodbury's difference would lose digits.
    /// <summary>xᵀ Σ⁻¹ x.</summary>
    internal Tensor Quadratic(Tensor difference)
    {
        Tensor capacitance = CapacitanceFactor();
        Tensor latent = BatchedMatrix.SolveUpper(capacitance, BatchedMatrix.SolveLower(capacitance, BatchedMatrix.Times((CovFactor / CovDiag.unsqueeze(-1)).mT, difference)));
        Tensor residual = difference - BatchedMatrix.Times(CovFactor, latent);
        bool isOrdinary = CovDiag.dim() == 1 && TensorQuestions.AreSurelyBetween(CovDiag, TorchTypes.Tiny(DType), double.MaxValue);
        Tensor squares = isOrdinary ? residual.square().matmul(CovDiag.reciprocal()) : TensorFunctions.SumLast(residual.square() / CovDiag);
        return squares + TensorFunctions.SumLast(latent.square());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => CovFactor.square().sum(-1) + CovDiag;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 0.5 * (EventShape[0] * (1 + StandardNormal.LogTwoPi) + LogDeterminant());

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) =>
        -0.5 * (EventShape[0] * StandardNormal.LogTwoPi + LogDeterminant() + Quadratic(value - Loc));

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor latent = random.Normal([.. shape[..^1], CovFactor.shape[^1]], DType);
        Tensor noise = random.Normal(shape, DType);
        return BatchedMatrix.Times(CovFactor, latent).add_(Loc).addcmul_(CovDiag.sqrt(), noise, 1);
    }

    private static (string Name, Tensor Value) Rows(Tensor factor, Tensor loc)
    {
        long size = ParameterChecks.VectorShape(loc)[0];
        return factor.dim() >= 2 && factor.shape[^2] == size
            ? ("CovFactor", factor)
            : throw new ShapeMismatchException($"LowRankMultivariateNormal: CovFactor must be a matrix with {size} {(size == 1 ? "row" : "rows")}, because Loc has {size} {(size == 1 ? "element" : "elements")}; got {TensorShapes.Said(factor.shape)}.", "CovFactor");
    }
}
