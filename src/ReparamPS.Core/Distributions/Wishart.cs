using System.Management.Automation;
using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Wishart distribution of symmetric positive definite matrices, by covariance, precision or factor. Counterpart of <c>torch.distributions.Wishart</c>.
/// Reparameterized by composition (Bartlett's decomposition): z = (L A)(L A)ᵀ with A lower-triangular, A_ii² ~ χ²(Df − i) implicitly reparameterized, A_ij ~ N(0, 1).
/// </summary>
public sealed class Wishart : Distribution
{
    private readonly (string Name, Tensor Value) matrix;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Wishart",
        Reparameterization.Composition,
        PositiveDefiniteInDouble,
        [
            new("Df", Positive) { Allowed = "greater than d − 1", Example = 4.5 },
            new("CovarianceMatrix", PositiveDefinite) { Group = "CovarianceMatrix", Example = new[,] { { 2.0, 0.6 }, { 0.6, 1.0 } } },
            new("PrecisionMatrix", PositiveDefinite) { Group = "CovarianceMatrix" },
            new("ScaleTril", LowerCholesky) { Group = "CovarianceMatrix" },
        ],
        given => new Wishart(given.Tensor("Df"), given.TensorOrNull("CovarianceMatrix"), given.TensorOrNull("PrecisionMatrix"), given.TensorOrNull("ScaleTril")))
    {
        Density = "|X|^((n − d − 1)/2) exp(−tr(V⁻¹ X)/2) / (2^(n d/2) |V|^(n/2) Γ_d(n/2)), n = Df > d − 1, V = CovarianceMatrix",
        Moments = "mean n V, variance n (V_ij² + V_ii V_jj)",
        IsLogProbInDouble = true,
        Source = "torch.distributions.Wishart; Bartlett 1933; Odell, Feiveson 1966, JASA 61",
        HasMode = true,
        HasEntropy = true,
    };

    /// <summary>Creates the distribution from degrees of freedom and one of the three matrices.</summary>
    /// <param name="df">The degrees of freedom; greater than the dimension minus one.</param>
    /// <param name="covarianceMatrix">The scale matrix; symmetric positive definite.</param>
    /// <param name="precisionMatrix">Its inverse.</param>
    /// <param name="scaleTril">Its lower Cholesky factor.</param>
    public Wishart(Tensor df, Tensor? covarianceMatrix = null, Tensor? precisionMatrix = null, Tensor? scaleTril = null)
        : this(df, ParameterChoice.One("Wishart", ("CovarianceMatrix", covarianceMatrix), ("PrecisionMatrix", precisionMatrix), ("ScaleTril", scaleTril))) { }

    private Wishart(Tensor df, (string Name, Tensor Value) matrix)
        : base(Definition, [("Df", df), ParameterChecks.Square("Wishart", matrix.Name, matrix.Value)], [matrix.Value.shape[^1], matrix.Value.shape[^1]])
    {
        (Df, this.matrix) = (df, matrix);
        Constraints.Constraint enough = GreaterThan(EventShape[0] - 1);
        if (!enough.IsMetBy(df)) throw new ParameterConstraintException(new DistributionParameter(new ParameterInfo("Df", enough), df));
    }

    /// <summary>The degrees of freedom.</summary>
    [JsonIgnore]
    public Tensor Df { get; }

    /// <summary>The scale matrix.</summary>
    [JsonIgnore]
    public Tensor CovarianceMatrix => Given("CovarianceMatrix") ?? Made(factor => factor.matmul(factor.mT));

    /// <summary>The inverse of the scale matrix.</summary>
    [JsonIgnore, Hidden]
    public Tensor PrecisionMatrix => Given("PrecisionMatrix") ?? Made(factor => cholesky_inverse(factor));

    /// <summary>The lower Cholesky factor of the scale matrix.</summary>
    [JsonIgnore, Hidden]
    public Tensor ScaleTril => Given("ScaleTril") ?? Made(factor => factor.alias());

    private long Size => EventShape[0];

    private Tensor Orders => arange(Size, dtype: DType, device: Device);

    // (Df − i) / 2.
    private Tensor HalfDf => (Df.unsqueeze(-1) - Orders) / 2;

    private double Constant => 0.5 * Size * (Size + 1) * Math.Log(2) + 0.25 * Size * (Size - 1) * Math.Log(Math.PI);

    private Tensor Scale()
    {
        Tensor factor = Factor();
        return Given("CovarianceMatrix") ?? factor.matmul(factor.mT);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Matrixwise(Df) * Scale();

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Matrixwise(InteriorMode(Df - Size - 1)) * Scale();

    // Below the smallest interior mode, the density of a matrix is infinite wherever it is singular: the mode is not unique. A number has its mode at 0.
    private Tensor InteriorMode(Tensor excess) => Size == 1 ? excess.clamp_min(0) : excess.masked_fill(excess < 0, double.NaN);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor scale = Scale(), diagonal = scale.diagonal(dim1: -2, dim2: -1);
        return Matrixwise(Df) * (scale.square() + diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        // Each log Γ(a) with its multiple of ψ(a) by Stirling's series: what they have in common cancels here, not in their difference.
        Tensor orders = Orders, a = HalfDf, c = (Df.unsqueeze(-1) - (Size + 1)) / 2;
        Tensor each = 0.5 * (Size - orders) * a.log() + 0.5 * orders + 0.5 * c / a + Stirling.Remainder(a) - c * Stirling.RemainderSlope(a);
        return (Size + 1) * BatchedMatrix.LogDeterminant(Factor()) + Constant + Size * GammaFunctions.HalfLogTwoPi + each.sum(-1);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        // With M the ratio of the factors of the value and of the scale: the density of M_ii² / 2 is that of a gamma, and its large terms cancel within it.
        Tensor factor = Factor(), squares = BatchedMatrix.SolveLowerMatrix(factor, linalg.cholesky(value)).square();
        Tensor half = squares.diagonal(dim1: -2, dim2: -1) / 2, log = half.log(), orders = Orders;
        Tensor each = Stirling.LogGammaKernel(HalfDf, log, half, 0.5 * (Size + 1 - orders) * log);
        return TensorFunctions.SumLast(each) - 0.5 * TensorFunctions.SumLast(squares.tril(-1).flatten(-2)) - Constant - (Size + 1) * BatchedMatrix.LogDeterminant(factor);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        long[] outer = shape[..^2];
        Tensor diagonal = GammaMath.Draw(HalfDf, full([], 0.5, DType, Device), [.. outer, Size], random).sqrt();
        Tensor lower = random.Normal([.. outer, Size * (Size - 1) / 2], DType);
        Tensor root = Factor().matmul(Transforms.TriangleVector.ToMatrix(lower, Size) + diagonal.diag_embed());
        return root.matmul(root.mT);
    }

    private static Tensor Matrixwise(Tensor value) => value.unsqueeze(-1).unsqueeze(-1);

    private Tensor? Given(string name) => matrix.Name == name ? matrix.Value : null;

    /// <summary>The lower Cholesky factor of the scale matrix.</summary>
    internal Tensor Factor() => CovarianceFactor.Of(matrix.Name, matrix.Value);

    private Tensor Made(Func<Tensor, Tensor> compute)
    {
        using var scope = NewDisposeScope();
        return compute(Factor()).MoveToOuterDisposeScope();
    }
}
