using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The gamma distribution. Counterpart of <c>torch.distributions.Gamma</c>.
/// Reparameterized implicitly in the concentration (Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498) and by scaling in the rate.
/// </summary>
public sealed class Gamma : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Gamma",
        Reparameterization.Implicit,
        NonNegative,
        [new("Concentration", Positive) { Example = 2.5 }, new("Rate", Positive) { Default = 1, Example = 1.5 }],
        given => new Gamma(given.Tensor("Concentration"), given.Tensor("Rate")))
    {
        Density = "Rateᵃ xᵃ⁻¹ exp(−Rate x) / Γ(a) with a = Concentration",
        Moments = "mean Concentration / Rate, variance Concentration / Rate²",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Gamma; Marsaglia, Tsang 2000, ACM TOMS 26; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration">The shape; positive.</param>
    /// <param name="rate">The inverse scale; positive.</param>
    public Gamma(Tensor concentration, Tensor rate) : base(Definition, [("Concentration", concentration), ("Rate", rate)], []) =>
        (Concentration, Rate) = (concentration, rate);

    /// <summary>The shape.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    /// <summary>The inverse scale.</summary>
    [JsonIgnore]
    public Tensor Rate { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Concentration / Rate;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => ((Concentration - 1) / Rate).clamp_min(0);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Concentration / Rate.square();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => GammaMath.Entropy(Concentration) - Rate.log();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => GammaMath.LogDensity(Concentration, Rate, value);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => GammaMath.Draw(Concentration, Rate, shape, random);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => GammaMath.Cdf(Concentration, value * Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => GammaMath.LogCdf(Concentration, value * Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => GammaMath.Survival(Concentration, value * Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => GammaMath.LogSurvival(Concentration, value * Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => GammaMath.Icdf(Concentration, probability) / Rate;
}
