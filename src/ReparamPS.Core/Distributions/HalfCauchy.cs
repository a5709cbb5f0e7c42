using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The half-Cauchy distribution: the absolute value of a centred Cauchy draw. Counterpart of <c>torch.distributions.HalfCauchy</c>.
/// Reparameterized by scaling: z = Scale · |tan π(u − ½)| with u uniform.
/// </summary>
public sealed class HalfCauchy : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "HalfCauchy",
        Reparameterization.LocationScale,
        NonNegative,
        [new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new HalfCauchy(given.Tensor("Scale")))
    {
        Density = "2 / (π Scale (1 + y²)) with y = x / Scale",
        Moments = "mean and variance infinite",
        HasMode = true,
        Source = "torch.distributions.HalfCauchy; Gelman 2006, Bayesian Analysis 1",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="scale">The median; positive.</param>
    public HalfCauchy(Tensor scale) : base(Definition, [("Scale", scale)], []) => Scale = scale;

    /// <summary>The median.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Scale.new_full([], double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => zeros_like(Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.new_full([], double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + Math.Log(2 * Math.PI);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => Math.Log(2 / Math.PI) - Scale.log() - SmoothQuotients.Log1pSquare(value, Scale);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Scale * TensorChoice.Abs(random.Cauchy(shape, DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => SmoothQuotients.Angle(value.clamp_min(0), Scale) * (2 / Math.PI);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value)
    {
        Tensor isLarge = value > Scale;
        return TensorChoice.Where(isLarge, (-ComputeSurvival(TensorChoice.Where(isLarge, value, Scale))).log1p(), ComputeCdf(TensorChoice.Where(isLarge, Scale, value)).log());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => SmoothQuotients.Angle(Scale, value.clamp_min(0)) * (2 / Math.PI);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Scale * TensorChoice.Where(
        probability > 0.5,
        (Math.PI / 2 * (1 - probability)).tan().reciprocal(),
        (Math.PI / 2 * probability).tan());
}
