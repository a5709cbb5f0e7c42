using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The half-normal distribution: the absolute value of a centred normal draw. Counterpart of <c>torch.distributions.HalfNormal</c>.
/// Reparameterized by scaling: z = Scale · |ε| with ε ~ N(0, 1).
/// </summary>
public sealed class HalfNormal : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "HalfNormal",
        Reparameterization.LocationScale,
        NonNegative,
        [new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new HalfNormal(given.Tensor("Scale")))
    {
        Density = "√(2/π) exp(−x² / (2 Scale²)) / Scale",
        Moments = "mean Scale √(2/π), variance Scale² (1 − 2/π)",
        HasMode = true,
        Source = "torch.distributions.HalfNormal",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="scale">The standard deviation of the normal draw; positive.</param>
    public HalfNormal(Tensor scale) : base(Definition, [("Scale", scale)], []) => Scale = scale;

    /// <summary>The standard deviation of the normal draw.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Scale * Math.Sqrt(2 / Math.PI);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => zeros_like(Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.square() * (1 - 2 / Math.PI);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + 0.5 + 0.5 * Math.Log(Math.PI / 2);

    private Tensor Standardize(Tensor value) => SteepQuotient.Of(value.clamp_min(0), Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => 0.5 * Math.Log(2 / Math.PI) - Scale.log() - 0.5 * (value / Scale).square();

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Scale * TensorChoice.Abs(random.Normal(shape, DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => (Standardize(value) / Math.Sqrt(2)).erf();

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value)
    {
        Tensor y = Standardize(value), isLarge = y > 1;
        return TensorChoice.Where(isLarge, (-2 * StandardNormal.Cdf(-TensorChoice.Where(isLarge, y, 1))).log1p(), (TensorChoice.Where(isLarge, 1, y) / Math.Sqrt(2)).erf().log());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => 2 * StandardNormal.Cdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value)
    {
        Tensor y = Standardize(value), isLarge = y > 1;
        Tensor near = (-(TensorChoice.Where(isLarge, 1, y) / Math.Sqrt(2)).erf()).log1p();
        return TensorChoice.Where(isLarge, Math.Log(2) + StandardNormal.LogCdf(-TensorChoice.Where(isLarge, y, 1)), near);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor isUpper = probability > 0.5;
        Tensor lower = Math.Sqrt(2) * TensorChoice.Where(isUpper, 0.5, probability).erfinv();
        return Scale * TensorChoice.Where(isUpper, -special.ndtri(0.5 * (1 - probability)), lower);
    }
}
