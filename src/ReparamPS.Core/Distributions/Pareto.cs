using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Pareto (type I) distribution. Counterpart of <c>torch.distributions.Pareto</c>.
/// Reparameterized by the inverse CDF: z = Scale · exp(ε / Alpha) with ε a standard exponential draw, −log(1 − u).
/// </summary>
public sealed class Pareto : Distribution
{
    private const double NearRatio = 1e-15;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Pareto",
        Reparameterization.InverseCdf,
        AtLeastScale,
        [new("Scale", Positive) { Default = 1, Example = 1.5 }, new("Alpha", Positive) { Example = 3.0 }],
        given => new Pareto(given.Tensor("Scale"), given.Tensor("Alpha")))
    {
        Density = "Alpha Scaleᵃ / xᵃ⁺¹ for x ≥ Scale, with a = Alpha",
        Moments = "mean a Scale / (a − 1) for a > 1, variance Scale² a / ((a − 1)² (a − 2)) for a > 2, else infinite",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Pareto",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="scale">The smallest value; positive.</param>
    /// <param name="alpha">The power of the tail; positive.</param>
    public Pareto(Tensor scale, Tensor alpha) : base(Definition, [("Scale", scale), ("Alpha", alpha)], []) => (Scale, Alpha) = (scale, alpha);

    /// <summary>The smallest value.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <summary>The power of the tail.</summary>
    [JsonIgnore]
    public Tensor Alpha { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => AtLeast(Scale, Type.Support.Name);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TensorChoice.Where(Alpha > 1, Scale * Alpha / TensorChoice.PositiveOr1(Alpha - 1), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Scale;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TensorChoice.Where(Alpha > 2, (Scale / TensorChoice.PositiveOr1(Alpha - 1)).square() * Alpha / TensorChoice.PositiveOr1(Alpha - 2), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => (Scale / Alpha).log() + 1 + Alpha.reciprocal();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => (-1 - Alpha) * LogRatio(value) + (Alpha.log() - Scale.log());

    // log(value / Scale) at values from Scale on: from their difference, or in logarithms where the quotient is so large that it or its slope can overflow.
    private Tensor LogRatio(Tensor value)
    {
        Tensor excess = value.detach() * NearRatio - Scale.detach();
        if (!TensorQuestions.MayExceed(excess, 0)) return ((value - Scale) / Scale).log1p();
        Tensor isFar = excess > 0, near = TensorChoice.Where(isFar, 0, value - Scale), scale = TensorChoice.Where(isFar, 1, Scale);
        return TensorChoice.Where(isFar, TensorChoice.Where(isFar, value, 1).log() - TensorChoice.Where(isFar, Scale, 1).log(), (near / scale).log1p());
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Scale * (random.Exponential(shape, DType) / Alpha).exp_();

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfExp(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => -Alpha * LogRatio(maximum(value, Scale));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Scale * (-(-probability).log1p() / Alpha).exp();
}
