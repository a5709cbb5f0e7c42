using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The exponential distribution. Counterpart of <c>torch.distributions.Exponential</c>.
/// Reparameterized by scaling: z = ε / Rate with ε a standard exponential draw, −log(1 − u).
/// </summary>
public sealed class Exponential : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Exponential",
        Reparameterization.InverseCdf,
        NonNegative,
        [new("Rate", Positive) { Default = 1, Example = 1.5 }],
        given => new Exponential(given.Tensor("Rate")))
    {
        Density = "Rate exp(−Rate x)",
        Moments = "mean 1 / Rate, variance 1 / Rate²",
        HasMode = true,
        Source = "torch.distributions.Exponential",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="rate">The inverse scale; positive.</param>
    public Exponential(Tensor rate) : base(Definition, [("Rate", rate)], []) => Rate = rate;

    /// <summary>The inverse scale.</summary>
    [JsonIgnore]
    public Tensor Rate { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Rate.reciprocal();

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => zeros_like(Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Rate.square().reciprocal();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 1 - Rate.log();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => Rate.log() - Rate * value;

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => random.Exponential(shape, DType) / Rate;

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfExp(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => -Rate * value.clamp_min(0);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => -(-probability).log1p() / Rate;
}
