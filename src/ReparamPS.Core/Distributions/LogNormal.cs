using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The log-normal distribution: exp of a normal draw. Counterpart of <c>torch.distributions.LogNormal</c>.
/// Reparameterized by location and scale of the logarithm: z = exp(Loc + Scale · ε) with ε ~ N(0, 1).
/// </summary>
public sealed class LogNormal : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LogNormal",
        Reparameterization.LocationScale,
        NonNegative,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 0.8 }],
        given => new LogNormal(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "exp(−(log x − Loc)² / (2 Scale²)) / (x Scale √(2π))",
        Moments = "mean exp(Loc + Scale² / 2), variance (exp(Scale²) − 1) exp(2 Loc + Scale²)",
        HasMode = true,
        Source = "torch.distributions.LogNormal",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean of the logarithm.</param>
    /// <param name="scale">The standard deviation of the logarithm; positive.</param>
    public LogNormal(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The mean of the logarithm.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The standard deviation of the logarithm.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => (Loc + 0.5 * Scale.square()).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => (Loc - Scale.square()).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.square().expm1() * (2 * Loc + Scale.square()).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Loc + 0.5 + GammaFunctions.HalfLogTwoPi + Scale.log();

    private Tensor Standardize(Tensor value) => SteepQuotient.Of(value.clamp_min(0).log() - Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        if (TensorQuestions.AreSurelyBetween(value, double.Epsilon, double.MaxValue)) return OfLogarithm(value.log());
        // At 0 and at infinity the square dominates the logarithm.
        Tensor inside = (value > 0) & (value < double.PositiveInfinity);
        return TensorChoice.Where(inside, OfLogarithm(TensorChoice.Where(inside, value, 1).log()), double.NegativeInfinity);
    }

    private Tensor OfLogarithm(Tensor log) => StandardNormal.LogDensity((log - Loc) / Scale) - log - Scale.log();

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => addcmul(Loc, random.Normal(shape, DType), Scale, 1).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => StandardNormal.Cdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => StandardNormal.LogCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => StandardNormal.Cdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => StandardNormal.LogCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => (Loc + Scale * special.ndtri(probability)).exp();
}
