using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Weibull distribution. Counterpart of <c>torch.distributions.Weibull</c>.
/// Reparameterized by the inverse CDF: z = Scale · ε^(1 / Concentration) with ε a standard exponential draw, −log(1 − u).
/// </summary>
public sealed class Weibull : Distribution
{
    // exp(−exp(6.65)) is 0 in double precision.
    private const double LargestLogHazard = 6.65, SmallShape = 1e-3, NearStep = 0.05;

    // ζ(n) (2ⁿ − 2) (−1)ⁿ / n from n = 2.
    private static readonly double[] ExcessCoefficients =
    [
        1.6449340668482264, -2.4041138063191885, 3.7881313179889835, -6.22156653086022, 10.51254497383931, -18.150286992874612, 31.879456059284735, -56.78047559347799,
        102.30164557806299, -186.0919190803662, 341.2506231957703, -630.0773094089744, 1170.2145262106094, -2184.466816943389, 4095.9375942242555,
    ];

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Weibull",
        Reparameterization.InverseCdf,
        NonNegative,
        [new("Scale", Positive) { Default = 1, Example = 1.5 }, new("Concentration", Positive) { Example = 2.0 }],
        given => new Weibull(given.Tensor("Scale"), given.Tensor("Concentration")))
    {
        Density = "k yᵏ⁻¹ exp(−yᵏ) / Scale with y = x / Scale, k = Concentration",
        Moments = "mean Scale Γ(1 + 1/k), variance Scale² (Γ(1 + 2/k) − Γ(1 + 1/k)²)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Weibull",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="scale">The scale; positive.</param>
    /// <param name="concentration">The shape; positive.</param>
    public Weibull(Tensor scale, Tensor concentration) : base(Definition, [("Scale", scale), ("Concentration", concentration)], []) =>
        (Scale, Concentration) = (scale, concentration);

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <summary>The shape.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Scale * (1 + Concentration.reciprocal()).lgamma().exp();

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => TensorChoice.Where(Concentration > 1, Scale * ((Concentration - 1).clamp_min(0) / Concentration).pow(Concentration.reciprocal()), 0);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // The relative excess, because at a large shape the two gamma functions are nearly equal.
        Tensor step = Concentration.reciprocal(), isNear = step < NearStep, near = step.masked_fill(~isNear, 0);
        Tensor excess = TensorChoice.Where(isNear, near.square() * LogGammaExcess(near), (1 + 2 * step).lgamma() - 2 * (1 + step).lgamma());
        return (Scale * (1 + step).lgamma().exp()).square() * excess.expm1();
    }

    // (log Γ(1 + 2t) − 2 log Γ(1 + t)) / t² by its power series.
    private static Tensor LogGammaExcess(Tensor t)
    {
        Tensor sum = t * ExcessCoefficients[^1] + ExcessCoefficients[^2];
        for (int i = ExcessCoefficients.Length - 3; i >= 0; i--) sum = sum * t + ExcessCoefficients[i];
        return sum;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => GammaFunctions.Euler * (1 - Concentration.reciprocal()) + (Scale / Concentration).log() + 1;

    private Tensor LogHazard(Tensor value) => Concentration * LogRatio(value.clamp_min(0));

    // log(x / Scale), also where the quotient overflows or loses digits, and with its slope in Scale at 0.
    private Tensor LogRatio(Tensor value)
    {
        Tensor y = value / Scale;
        if (IsOrdinary(y)) return y.log();
        Tensor isExtreme = (y < TorchTypes.Tiny(DType)) | y.isinf();
        return TensorChoice.Where(isExtreme, value.masked_fill(~isExtreme, 1).log() - Scale.log(), y.masked_fill(isExtreme, 1).log());
    }

    private bool IsOrdinary(Tensor y) => TensorQuestions.AreSurelyBetween(y, TorchTypes.Tiny(DType), TorchTypes.Largest(DType));

    private Tensor Hazard(Tensor value) => LogHazard(value).exp();

    // Above it, the survival function and its derivatives are 0.
    private Tensor ClampedHazard(Tensor value) => LogHazard(value).clamp_max(LargestLogHazard).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor finite = value < double.PositiveInfinity, at = TensorChoice.Where(finite, value, 1), y = at / Scale;
        Tensor result = HasSmallShape ? SmallShapeLogProb(at) : IsOrdinary(y) ? (Concentration - 1) * y.log() - y.pow(Concentration) + (Concentration / Scale).log() : ExtremeLogProb(at);
        return TensorChoice.Where(finite, result, double.NegativeInfinity);
    }

    // By logarithms, with the slopes at 0.
    private Tensor ExtremeLogProb(Tensor value)
    {
        Tensor isNone = value == 0, isExponential = isNone & (Concentration == 1), log = LogRatio(value.masked_fill(isExponential, 1));
        Tensor power = (Concentration - 1) * log.masked_fill(isExponential, 0);
        Tensor hazardAt0 = (value.masked_fill(~isNone, 1) / Scale.detach()).pow(Concentration), hazard = (Concentration * log.masked_fill(isNone, 0)).exp();
        return power - TensorChoice.Where(isNone, hazardAt0, hazard) + (Concentration / Scale).log();
    }

    private bool HasSmallShape => TensorQuestions.MayAny(Concentration < SmallShape);

    // At a small shape yᵏ is close to 1, so the changing part yᵏ − 1 − k log y is computed directly.
    private Tensor SmallShapeLogProb(Tensor value)
    {
        Tensor isNone = value == 0, at = TensorChoice.Where(isNone, Scale, value), log = (at / Scale).log();
        Tensor zero = TensorChoice.Where(Concentration > 1, double.NegativeInfinity, TensorChoice.Where(Concentration < 1, double.PositiveInfinity, -Scale.log()));
        return TensorChoice.Where(isNone, zero, Concentration.log() - at.log() - 1 - Deficit.OfExponential(Concentration * log));
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Scale * random.Exponential(shape, DType).pow(Concentration.reciprocal());

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(-ClampedHazard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogComplement.OfHazard(LogHazard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => (-ClampedHazard(value)).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => -Hazard(value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Scale * (-(-probability).log1p()).pow(Concentration.reciprocal());
}
