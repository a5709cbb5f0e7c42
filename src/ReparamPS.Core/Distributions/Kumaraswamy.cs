using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Kumaraswamy distribution on [0, 1], a beta-like one with a closed CDF. Counterpart of <c>torch.distributions.Kumaraswamy</c>.
/// Reparameterized by the inverse CDF: z = (1 − u^(1/b))^(1/a) with u uniform.
/// </summary>
public sealed class Kumaraswamy : Distribution
{
    private const double SmallConcentration = 1e-3, NearStep = 1e-3;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Kumaraswamy",
        Reparameterization.InverseCdf,
        UnitInterval,
        [new("Concentration1", Positive) { Example = 2.0 }, new("Concentration0", Positive) { Example = 3.0 }],
        given => new Kumaraswamy(given.Tensor("Concentration1"), given.Tensor("Concentration0")))
    {
        Density = "a b xᵃ⁻¹ (1 − xᵃ)ᵇ⁻¹ with a = Concentration1, b = Concentration0",
        Moments = "mean m₁, variance m₂ − m₁², with mₙ = b B(1 + n/a, b)",
        IsLogProbInDouble = true,
        Source = "torch.distributions.Kumaraswamy; Kumaraswamy 1980, Journal of Hydrology 46",
        HasMode = true,
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration1">The power a; positive.</param>
    /// <param name="concentration0">The power b; positive.</param>
    public Kumaraswamy(Tensor concentration1, Tensor concentration0) : base(Definition, [("Concentration1", concentration1), ("Concentration0", concentration0)], []) =>
        (Concentration1, Concentration0) = (concentration1, concentration0);

    /// <summary>The power a.</summary>
    [JsonIgnore]
    public Tensor Concentration1 { get; }

    /// <summary>The power b.</summary>
    [JsonIgnore]
    public Tensor Concentration0 { get; }

    // log(Γ(1 + n/a) Γ(1 + b) / Γ(1 + n/a + b)), in steps of the smaller of n/a and b.
    private Tensor LogMoment(double n)
    {
        Tensor power = n / Concentration1, small = minimum(power, Concentration0), large = maximum(power, Concentration0);
        return Stirling.LogGammaStep(ones_like(small), small) - Stirling.LogGammaStep(1 + large, small);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => LogMoment(1).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeMode()
    {
        // ((a − 1) / (a b − 1))^(1/a) where neither is below 1; otherwise an end. Both ends, or every value, are NaN.
        Tensor a = Concentration1, b = Concentration0, isInner = (a > 1) & (b >= 1), safe = TensorChoice.Where(isInner, a, 2);
        Tensor inner = (-(TensorChoice.Where(isInner, b - 1, 0) / ((safe - 1) / safe)).log1p() / safe).exp();
        // At a = 1 it is 0, with the slope of the base.
        Tensor isStart = (a == 1) & (b > 1), start = (a - 1) / TensorChoice.Where(isStart, a * b - 1, 1);
        Tensor end = TensorChoice.Where((a >= 1) & (b < 1), 1.0, TensorChoice.Where((a < 1) & (b >= 1), 0.0, full_like(inner, double.NaN)));
        return TensorChoice.Where(isInner, inner, TensorChoice.Where(isStart, start, end));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // The relative excess, because the two moments of a narrow distribution are nearly equal; for small 1/a by their power series.
        Tensor step = Concentration1.reciprocal(), isNear = step < NearStep, near = step.masked_fill(~isNear, 0), one = ones_like(Concentration0);
        Tensor Fall(int order) => one.polygamma(order) - (1 + Concentration0).polygamma(order);
        Tensor series = near.square() * (Stirling.TrigammaStep(one, Concentration0) + near * (Fall(2) + near * (Fall(3) * (7.0 / 12) + near * (Fall(4) / 4 + near * Fall(5) * (31.0 / 360)))));
        Tensor second = LogMoment(2);
        return second.exp() * -(-TensorChoice.Where(isNear, series, second - 2 * LogMoment(1))).expm1();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        // ψ(1 + b) − log b by its remainder where both are large: their slopes cancel.
        Tensor b = Concentration0, isLarge = b >= Stirling.Large, large = TensorChoice.Where(isLarge, b, Stirling.Large), step = Stirling.DigammaStep(ones_like(b), b);
        Tensor growth = TensorChoice.Where(isLarge, GammaFunctions.Euler + 0.5 / large + Stirling.RemainderSlope(large), step - TensorChoice.Where(isLarge, 1, b).log());
        return 1 - b.reciprocal() + growth - step / Concentration1 - Concentration1.log();
    }

    // log(1 − xᵃ).
    private Tensor LogOuter(Tensor value)
    {
        Tensor isNone = value == 0, inside = value.clamp(0, 1);
        if (!TensorQuestions.MayAny(isNone)) return LogComplement.OfExp(Concentration1 * inside.log());
        // At 0, only a power of 1 has a slope that is neither 0 nor infinite.
        Tensor atNone = -value * (Concentration1 == 1).to(DType);
        return TensorChoice.Where(isNone, atNone, LogComplement.OfExp(Concentration1 * inside.masked_fill(isNone, 0.5).log()));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        // A power of zero has no effect if its exponent is zero.
        Tensor isInside = value < 1, at = TensorChoice.Where(isInside, value, 0.5);
        Tensor outer = TensorChoice.Where(isInside, LogOuter(at), double.NegativeInfinity);
        Tensor power = Concentration0 - 1, isNone = (power == 0) & ~isInside;
        Tensor second = power * TensorChoice.Where(isNone, 0, outer);
        Tensor log = Concentration1.log() + Concentration0.log() + LogProducts.Power(Concentration1 - 1, value) + second;
        return HasSmallConcentration ? TensorChoice.Where(isInside & (value > 0), SmallLogProb(at.masked_fill(at == 0, 0.5)), log) : log;
    }

    private bool HasSmallConcentration => TensorQuestions.MayAny(minimum(Concentration1, Concentration0) < SmallConcentration);

    // log a − log(1 − xᵃ) in one step: for small a or b, each term is much larger than their difference.
    private Tensor SmallLogProb(Tensor value)
    {
        Tensor log = value.log(), half = 0.5 * Concentration1 * log;
        return Concentration0.log() + Concentration0 * LogOuter(value) + (Concentration1 - 1) * log - (-log).log() - half - SmoothQuotients.LogSinhcOf(half);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) =>
        InverseSurvival(random.Uniform(shape, DType).clamp_min_(TorchTypes.Tiny(DType)).log_());

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfHazard(Concentration0.log() + LogHazard(Concentration1 * value.clamp(0, 1).log()));

    // log(−log(1 − eʷ)), which is close to w for very negative w.
    private static Tensor LogHazard(Tensor w)
    {
        Tensor isSmall = w < -1, low = w.masked_fill(~isSmall, -1), power = low.exp();
        Tensor small = low + (-SmoothQuotients.Log1pScaled(power.new_full([], -1), power)).log();
        return TensorChoice.Where(isSmall, small, (-LogComplement.OfExp(w.masked_fill(isSmall, -1))).log());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Concentration0 * LogOuter(value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => InverseSurvival((-probability).log1p());

    private Tensor InverseSurvival(Tensor logSurvival) => (LogComplement.OfExp(logSurvival / Concentration0) / Concentration1).exp();
}
