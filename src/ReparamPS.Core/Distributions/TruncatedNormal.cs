using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Numerics.Truncated;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The normal distribution N(Loc, Scale²) between Low and High, either of which may be infinite.
/// Reparameterized by the inverse CDF, in logarithms, so that bounds at 10 σ and beyond lose no digits; differentiable in all four parameters.
/// Its functions are differentiable once.
/// </summary>
public sealed class TruncatedNormal : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "TruncatedNormal",
        Reparameterization.InverseCdf,
        BetweenLowAndHigh,
        [
            new("Loc", Real) { Default = 0, Example = 0.5 },
            new("Scale", Positive) { Default = 1, Example = 1.5 },
            new("Low", Real) { Default = double.NegativeInfinity, Example = -1.0 },
            new("High", AboveLow) { Default = double.PositiveInfinity, Example = 2.0 },
        ],
        given => new TruncatedNormal(given.Tensor("Loc"), given.Tensor("Scale"), given.Tensor("Low"), given.Tensor("High")))
    {
        Density = "φ(y) / (Scale Z) with y = (x − Loc) / Scale, Z = Φ(β) − Φ(α), α = (Low − Loc) / Scale, β = (High − Loc) / Scale",
        Moments = "mean Loc + Scale (φ(α) − φ(β)) / Z, variance Scale² (1 + (α φ(α) − β φ(β)) / Z − ((φ(α) − φ(β)) / Z)²)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "Robert 1995, Statistics and Computing 5; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498; not a class of PyTorch",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean of the normal distribution before truncation.</param>
    /// <param name="scale">The standard deviation before truncation; positive.</param>
    /// <param name="low">The lower bound; −∞ for none.</param>
    /// <param name="high">The upper bound, greater than <paramref name="low"/>; ∞ for none.</param>
    public TruncatedNormal(Tensor loc, Tensor scale, Tensor low, Tensor high)
        : base(Definition, [("Loc", loc), ("Scale", scale), ("Low", low), ("High", high)], [])
    {
        (Loc, Scale, Low, High) = (loc, scale, low, high);
        OrderedBounds.Check(Type.Parameters, low, high);
    }

    /// <summary>The mean before truncation.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The standard deviation before truncation.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <summary>The lower bound.</summary>
    [JsonIgnore]
    public Tensor Low { get; }

    /// <summary>The upper bound.</summary>
    [JsonIgnore]
    public Tensor High { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Between(Low, High, Type.Support.Name);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Elementwise.Apply(TruncatedNormalPoint.Mean, Loc, Scale, Low, High);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => maximum(minimum(Loc, High), Low);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Elementwise.Apply(TruncatedNormalPoint.Variance, Loc, Scale, Low, High);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Elementwise.Apply(TruncatedNormalPoint.Entropy, Loc, Scale, Low, High);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor top = Elementwise.Apply(TruncatedNormalPoint.LogDensityAtAnchor, Loc, Scale, Low, High), x = (value - Loc) / Scale;
        Tensor isAbove = Low > Loc, isBelow = High < Loc;
        if (!TensorQuestions.MayAny(isAbove | isBelow)) return top - 0.5 * x.square();
        // From the density at the bound nearest to Loc: the distance from a bound has more digits than the difference of two squares.
        Tensor anchor = TensorChoice.Where(isAbove, Low.detach(), TensorChoice.Where(isBelow, High.detach(), Loc));
        Tensor distance = (value - anchor) / Scale, near = (anchor - Loc) / Scale;
        return top - 0.5 * TensorChoice.Abs(distance) * (TensorChoice.Abs(x) + TensorChoice.Abs(near));
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => ComputeIcdf(random.OpenUniform(shape, DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => ComputeLogCdf(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => AtPoint(value, TruncatedNormalPoint.LogCdf);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => AtPoint(value, TruncatedNormalPoint.LogSurvival);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => AtPoint(probability, TruncatedNormalPoint.Quantile);

    private Tensor AtPoint(Tensor value, PointFunction function) => Elementwise.Apply(function, value, Loc, Scale, Low, High);
}
