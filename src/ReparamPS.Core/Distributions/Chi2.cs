using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The χ² distribution: Gamma(Df / 2, ½). Counterpart of <c>torch.distributions.Chi2</c>.
/// Reparameterized implicitly in the degrees of freedom, as Gamma is in its concentration.
/// </summary>
public sealed class Chi2 : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Chi2",
        Reparameterization.Implicit,
        NonNegative,
        [new("Df", Positive) { Example = 3.0 }],
        given => new Chi2(given.Tensor("Df")))
    {
        Density = "(x/2)ᵏ⁻¹ exp(−x/2) / (2 Γ(k)) with k = Df / 2",
        Moments = "mean Df, variance 2 Df",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Chi2; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="df">The degrees of freedom; positive.</param>
    public Chi2(Tensor df) : base(Definition, [("Df", df)], []) => Df = df;

    /// <summary>The degrees of freedom.</summary>
    [JsonIgnore]
    public Tensor Df { get; }

    private Tensor Concentration => 0.5 * Df;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Df;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => (Df - 2).clamp_min(0);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => 2 * Df;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => GammaMath.Entropy(Concentration) + Math.Log(2);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => GammaMath.LogDensity(Concentration, Df.new_full([], 0.5), value);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => GammaMath.Draw(Concentration, Df.new_full([], 0.5), shape, random);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => GammaMath.Cdf(Concentration, 0.5 * value);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => GammaMath.LogCdf(Concentration, 0.5 * value);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => GammaMath.Survival(Concentration, 0.5 * value);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => GammaMath.LogSurvival(Concentration, 0.5 * value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => 2 * GammaMath.Icdf(Concentration, probability);
}
