using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The inverse gamma distribution: 1 / x with x ~ Gamma(Concentration, Rate). Counterpart of <c>torch.distributions.InverseGamma</c>.
/// Reparameterized implicitly in the concentration and by scaling in the rate, as Gamma is.
/// </summary>
public sealed class InverseGamma : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "InverseGamma",
        Reparameterization.Implicit,
        NonNegative,
        [new("Concentration", Positive) { Example = 2.5 }, new("Rate", Positive) { Default = 1, Example = 1.5 }],
        given => new InverseGamma(given.Tensor("Concentration"), given.Tensor("Rate")))
    {
        Density = "Rateᵃ x⁻ᵃ⁻¹ exp(−Rate / x) / Γ(a) with a = Concentration",
        Moments = "mean Rate / (a − 1) for a > 1, variance Rate² / ((a − 1)² (a − 2)) for a > 2, else infinite",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.InverseGamma (PyTorch 2.3); Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration">The shape; positive.</param>
    /// <param name="rate">The scale; positive.</param>
    public InverseGamma(Tensor concentration, Tensor rate) : base(Definition, [("Concentration", concentration), ("Rate", rate)], []) =>
        (Concentration, Rate) = (concentration, rate);

    /// <summary>The shape.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Rate { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TensorChoice.Where(Concentration > 1, Rate / TensorChoice.PositiveOr1(Concentration - 1), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Rate / (Concentration + 1);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TensorChoice.Where(Concentration > 2, (Rate / TensorChoice.PositiveOr1(Concentration - 1)).square() / TensorChoice.PositiveOr1(Concentration - 2), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => GammaMath.Entropy(Concentration) - 2 * Concentration.digamma() + Rate.log();

    // Rate / value, with values outside the support replaced. The sum turns −0 into 0, whose quotient is +∞.
    private Tensor Inverted(Tensor value) => SteepQuotient.Of(Rate, value.clamp_min(0) + 0.0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        // At 0 and at infinity the density is 0.
        Tensor inverted = Inverted(value), isInside = (value > 0) & (value < double.PositiveInfinity) & (inverted < double.PositiveInfinity);
        Tensor at = TensorChoice.Where(isInside, value, Rate), log = at.log();
        return TensorChoice.Where(isInside, Stirling.LogGammaKernel(Concentration, Rate.log() - log, Rate / at, log), double.NegativeInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => GammaMath.InverseDraw(Concentration, Rate, shape, random);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => GammaMath.Survival(Concentration, Inverted(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => GammaMath.LogSurvival(Concentration, Inverted(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => GammaMath.Cdf(Concentration, Inverted(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => GammaMath.LogCdf(Concentration, Inverted(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor gamma = GammaMath.UpperIcdf(Concentration, probability), isNone = gamma == 0;
        if (!TensorQuestions.MayAny(isNone)) return Rate / gamma;
        // An infinite quantile rises with the probability and the rate, and falls with the concentration.
        return TensorChoice.Where(isNone, probability * Rate / Concentration * double.PositiveInfinity, Rate / gamma.masked_fill(isNone, 1));
    }
}
