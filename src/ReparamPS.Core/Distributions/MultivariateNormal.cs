using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The multivariate normal distribution N(Loc, L Lᵀ), by covariance, precision or factor. Counterpart of <c>torch.distributions.MultivariateNormal</c>.
/// Reparameterized by location and scale: z = Loc + L ε with ε ~ N(0, I) and L the lower Cholesky factor of the covariance.
/// </summary>
public sealed class MultivariateNormal : Distribution
{
    private readonly (string Name, Tensor Value) matrix;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "MultivariateNormal",
        Reparameterization.LocationScale,
        RealVector,
        [
            new("Loc", RealVector) { Example = new[] { 0.5, -1.0 } },
            new("CovarianceMatrix", PositiveDefinite) { Group = "CovarianceMatrix", Example = new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } } },
            new("PrecisionMatrix", PositiveDefinite) { Group = "CovarianceMatrix" },
            new("ScaleTril", LowerCholesky) { Group = "CovarianceMatrix" },
        ],
        given => new MultivariateNormal(
            given.Tensor("Loc"), given.TensorOrNull("CovarianceMatrix"), given.TensorOrNull("PrecisionMatrix"), given.TensorOrNull("ScaleTril")))
    {
        Density = "exp(−(x − Loc)ᵀ Σ⁻¹ (x − Loc) / 2) / √((2π)^d |Σ|), Σ = CovarianceMatrix = PrecisionMatrix⁻¹ = ScaleTril ScaleTrilᵀ",
        Moments = "mean Loc, variance the diagonal of Σ",
        HasMode = true,
        Source = "torch.distributions.MultivariateNormal; Rezende, Mohamed, Wierstra 2014, arXiv:1401.4082",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution from a mean and one of the three matrices.</summary>
    /// <param name="loc">The mean.</param>
    /// <param name="covarianceMatrix">The covariance; symmetric positive definite.</param>
    /// <param name="precisionMatrix">The inverse of the covariance; symmetric positive definite.</param>
    /// <param name="scaleTril">The lower Cholesky factor of the covariance.</param>
    public MultivariateNormal(Tensor loc, Tensor? covarianceMatrix = null, Tensor? precisionMatrix = null, Tensor? scaleTril = null)
        : this(loc, ParameterChoice.One("MultivariateNormal", ("CovarianceMatrix", covarianceMatrix), ("PrecisionMatrix", precisionMatrix), ("ScaleTril", scaleTril))) { }

    private MultivariateNormal(Tensor loc, (string Name, Tensor Value) matrix)
        : base(Definition, [("Loc", loc), ParameterChecks.Square("MultivariateNormal", matrix.Name, matrix.Value, ("Loc", loc))], ParameterChecks.VectorShape(loc))
        => (Loc, this.matrix) = (loc, matrix);

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The covariance.</summary>
    [JsonIgnore]
    public Tensor CovarianceMatrix => Given("CovarianceMatrix") ?? Made(factor => factor.matmul(factor.mT));

    /// <summary>The inverse of the covariance.</summary>
    [JsonIgnore, Hidden]
    public Tensor PrecisionMatrix => Given("PrecisionMatrix") ?? Made(factor => cholesky_inverse(factor));

    /// <summary>The lower Cholesky factor of the covariance.</summary>
    [JsonIgnore]
    public Tensor ScaleTril => Given("ScaleTril") ?? Made(factor => factor.alias());

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Given("CovarianceMatrix")?.diagonal(dim1: -2, dim2: -1) ?? Factor().square().sum(-1);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 0.5 * EventShape[0] * (1 + StandardNormal.LogTwoPi) + BatchedMatrix.LogDeterminant(Factor());

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor factor = Factor();
        return StandardNormal.LogDensityOfVectors(BatchedMatrix.SolveLower(factor, value - Loc)) - BatchedMatrix.LogDeterminant(factor);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => BatchedMatrix.Times(Factor(), random.Normal(shape, DType)).add_(Loc);

    /// <summary>xᵀ Σ⁻¹ x.</summary>
    internal Tensor Quadratic(Tensor difference) => Quadratic(Factor(), difference);

    /// <summary>log|Σ|.</summary>
    internal Tensor LogDeterminant() => 2 * BatchedMatrix.LogDeterminant(Factor());

    private static Tensor Quadratic(Tensor factor, Tensor difference) => BatchedMatrix.SolveLower(factor, difference).square().sum(-1);

    private Tensor? Given(string name) => matrix.Name == name ? matrix.Value : null;

    /// <summary>The lower Cholesky factor of the covariance.</summary>
    internal Tensor Factor() => CovarianceFactor.Of(matrix.Name, matrix.Value);

    private Tensor Made(Func<Tensor, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        return compute(Factor()).MoveToOuterDisposeScope();
    }
}
