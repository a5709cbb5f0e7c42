using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Kumaraswamy distribution on [0, 1], a beta-like one with a closed CDF. Counterpart of <c>torch.distributions.Kumaraswamy</c>.
/// Reparameterized by the inverse CDF: z = (1 − u^(1/b))^(1/a) with u uniform.
/// </summary>
public sealed class Kumaraswamy : Distribution
{
    /// <summary>The kind.</summary>
    public static DistributionType Definition { get; } = new(
        "Kumaraswamy",
        Reparameterization.InverseCdf,
        UnitInterval,
        [new("Concentration1", Positive) { Example = 2.0 }, new("Concentration0", Positive) { Example = 3.0 }],
        given => new Kumaraswamy(given.Tensor("Concentration1"), given.Tensor("Concentration0")))
    {
        Density = "a b xᵃ⁻¹ (1 − xᵃ)ᵇ⁻¹ with a = Concentration1, b = Concentration0",
        Moments = "mean m₁, variance m₂ − m₁², with mₙ = b B(1 + n/a, b)",
        Source = "torch.distributions.Kumaraswamy; Kumaraswamy 1980, Journal of Hydrology 46",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration1">The power a; positive.</param>
    /// <param name="concentration0">The power b; positive.</param>
    public Kumaraswamy(Tensor concentration1, Tensor concentration0) : base(Definition, [("Concentration1", concentration1), ("Concentration0", concentration0)], []) =>
        (Concentration1, Concentration0) = (concentration1, concentration0);

    /// <summary>The power a.</summary>
    public Tensor Concentration1 { get; }

    /// <summary>The power b.</summary>
    public Tensor Concentration0 { get; }

    private Tensor LogMoment(double n) => Concentration0.log() + BetaMath.LogBeta(1 + n / Concentration1, Concentration0);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => LogMoment(1).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // As a relative excess: in narrow distributions the two moments are close.
        Tensor first = LogMoment(1);
        return (2 * first).exp() * (LogMoment(2) - 2 * first).expm1();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 1 - Concentration0.reciprocal() + (1 - Concentration1.reciprocal()) * ((Concentration0 + 1).digamma() + GammaFunctions.Euler)
        - Concentration1.log() - Concentration0.log();

    // log(1 − xᵃ).
    private Tensor LogOuter(Tensor value) => LogComplement.OfExp(Concentration1 * value.clamp(0, 1).log());

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        // A power of zero takes no part where its exponent is zero.
        Tensor isInside = value < 1, at = TensorChoice.Where(isInside, value, 0.5);
        Tensor outer = TensorChoice.Where(isInside, LogOuter(at), double.NegativeInfinity);
        Tensor power = Concentration0 - 1;
        Tensor second = TensorChoice.Where(power == 0, 0, power * TensorChoice.Where(power == 0, 0, outer));
        return Concentration1.log() + Concentration0.log() + xlogy(Concentration1 - 1, value) + second;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) =>
        InverseSurvival(random.Uniform(shape, DType).clamp_min_(TorchTypes.Tiny(DType)).log_());

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => -ComputeLogSurvival(value).expm1();

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfExp(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Concentration0 * LogOuter(value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => InverseSurvival((-probability).log1p());

    private Tensor InverseSurvival(Tensor logSurvival) => (LogComplement.OfExp(logSurvival / Concentration0) / Concentration1).exp();
}
