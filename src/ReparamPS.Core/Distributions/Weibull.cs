using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Weibull distribution. Counterpart of <c>torch.distributions.Weibull</c>.
/// Reparameterized by the inverse CDF: z = Scale · ε^(1 / Concentration) with ε a standard exponential draw, −log(1 − u).
/// </summary>
public sealed class Weibull : Distribution
{
    /// <summary>The kind.</summary>
    public static DistributionType Definition { get; } = new(
        "Weibull",
        Reparameterization.InverseCdf,
        NonNegative,
        [new("Scale", Positive) { Default = 1, Example = 1.5 }, new("Concentration", Positive) { Example = 2.0 }],
        given => new Weibull(given.Tensor("Scale"), given.Tensor("Concentration")))
    {
        Density = "k yᵏ⁻¹ exp(−yᵏ) / Scale with y = x / Scale, k = Concentration",
        Moments = "mean Scale Γ(1 + 1/k), variance Scale² (Γ(1 + 2/k) − Γ(1 + 1/k)²)",
        Source = "torch.distributions.Weibull",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="scale">The scale; positive.</param>
    /// <param name="concentration">The shape; positive.</param>
    public Weibull(Tensor scale, Tensor concentration) : base(Definition, [("Scale", scale), ("Concentration", concentration)], []) =>
        (Scale, Concentration) = (scale, concentration);

    /// <summary>The scale.</summary>
    public Tensor Scale { get; }

    /// <summary>The shape.</summary>
    public Tensor Concentration { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Scale * (1 + Concentration.reciprocal()).lgamma().exp();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // As a relative excess: at a large shape the two gamma functions are close.
        Tensor first = (1 + Concentration.reciprocal()).lgamma(), second = (1 + 2 * Concentration.reciprocal()).lgamma();
        return (Scale * first.exp()).square() * (second - 2 * first).expm1();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => GammaFunctions.Euler * (1 - Concentration.reciprocal()) + (Scale / Concentration).log() + 1;

    private Tensor Hazard(Tensor value) => (value.clamp_min(0) / Scale).pow(Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor finite = value < double.PositiveInfinity, y = TensorChoice.Where(finite, value, 1) / Scale;
        Tensor result = xlogy(Concentration - 1, y) - y.pow(Concentration) + (Concentration / Scale).log();
        return TensorChoice.Where(finite, result, double.NegativeInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Scale * random.Exponential(shape, DType).pow(Concentration.reciprocal());

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => -(-Hazard(value)).expm1();

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfExp(-Hazard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => (-Hazard(value)).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => -Hazard(value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Scale * (-(-probability).log1p()).pow(Concentration.reciprocal());
}
