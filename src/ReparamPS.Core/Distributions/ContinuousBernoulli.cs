using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics.Truncated;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The continuous Bernoulli distribution on [0, 1], the likelihood of pixel intensities. Counterpart of <c>torch.distributions.ContinuousBernoulli</c>.
/// In terms of the log-odds λ it is an exponential density exp(λ x) truncated to [0, 1]. Reparameterized by the inverse CDF:
/// z = log(1 + u (exp(λ) − 1)) / λ with u uniform.
/// </summary>
public sealed class ContinuousBernoulli : Distribution
{
    // exp(−2 · 20) is below the rounding of 1.
    private const double FarHalfTilt = 20, NearEnd = 1e-25;

    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "ContinuousBernoulli",
        Reparameterization.InverseCdf,
        UnitInterval,
        [new("Probs", UnitInterval) { Group = "Probs", Example = 0.3 }, new("Logits", Real) { Group = "Probs" }],
        given => new ContinuousBernoulli(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "λ exp(λ x) / (exp(λ) − 1) with λ = Logits = log(Probs / (1 − Probs))",
        Moments = "mean ½ + ½ L(λ/2), variance ¼ L′(λ/2), with L(t) = coth t − 1/t",
        IsLogProbInDouble = true,
        Source = "torch.distributions.ContinuousBernoulli; Loaiza-Ganem, Cunningham 2019, arXiv:1907.06845",
        HasMode = true,
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The parameter in [0, 1]; at 0 or 1, all mass is there.</param>
    /// <param name="logits">The log-odds.</param>
    public ContinuousBernoulli(Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [ParameterChoice.One("ContinuousBernoulli", ("Probs", probs), ("Logits", logits))], []) => binary = new BinaryProbs(probs, logits);

    /// <summary>The parameter in [0, 1].</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <summary>λ; finite, also if a probability is 0 or 1.</summary>
    internal Tensor Tilt => binary.SafeLogits.clamp(-LargestTilt, LargestTilt);

    // Beyond it, λ counts as infinite, because its multiples overflow: all mass is at one end.
    private double LargestTilt => 1e-8 * TorchTypes.Largest(DType);

    private Tensor IsPoint => TensorChoice.Abs(binary.SafeLogits) > LargestTilt;

    /// <summary>KL from λ to another: the divergence of the convex log(sinh(λ/2) / (λ/2)), which is |λ|/2 − log |λ| for large |λ|.</summary>
    internal static Tensor Divergence(Tensor tilt, Tensor other)
    {
        Tensor x = 0.5 * tilt, y = 0.5 * other, isFar = (x * y > 0) & (minimum(TensorChoice.Abs(x), TensorChoice.Abs(y)) > FarHalfTilt);
        Tensor nearX = x.masked_fill(isFar, 0), nearY = y.masked_fill(isFar, 0);
        Tensor near = SmoothQuotients.LogSinhcOf(nearY) - SmoothQuotients.LogSinhcOf(nearX) - (nearY - nearX) * SmoothQuotients.Langevin(nearX);
        return TensorChoice.Where(isFar, -Deficit.OfRatio(TensorChoice.Where(isFar, TensorChoice.Abs(y), 1), TensorChoice.Where(isFar, TensorChoice.Abs(x), 1)), near);
    }

    /// <summary>The log-density for λ. If |λ| is large, small values lose digits to the difference.</summary>
    internal static Tensor LogDensity(Tensor tilt, Tensor value) => tilt * (value - 0.5) - SmoothQuotients.LogSinhcOf(0.5 * tilt);

    /// <summary>The mean for λ.</summary>
    internal static Tensor MeanOf(Tensor tilt)
    {
        // For large |λ|, the distance from the nearer end is 1 / |λ| − 1 / (exp |λ| − 1).
        Tensor size = TensorChoice.Abs(tilt), isFar = size > 1, far = TensorChoice.Where(isFar, size, 1);
        Tensor distance = far.reciprocal() + (-far).exp() / (-far).expm1();
        Tensor near = 0.5 + 0.5 * SmoothQuotients.Langevin(0.5 * tilt.masked_fill(isFar, 0));
        return TensorChoice.Where(isFar, TensorChoice.Where(tilt < 0, distance, 1 - distance), near);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => MeanOf(Tilt);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => TensorChoice.Where(Tilt == 0, double.NaN, (Tilt > 0).to(DType));

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => 0.25 * SmoothQuotients.LangevinSlope(0.5 * Tilt);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => EntropyInside().masked_fill(IsPoint, double.NegativeInfinity);

    private Tensor EntropyInside()
    {
        Tensor tilt = Tilt, size = TensorChoice.Abs(tilt), isFar = size > 1, far = TensorChoice.Where(isFar, size, 1), half = 0.5 * tilt.masked_fill(isFar, 0);
        Tensor near = SmoothQuotients.LogSinhcOf(half) - half * SmoothQuotients.Langevin(half), rest = (-far).exp();
        return TensorChoice.Where(isFar, 1 - far.log() + (-rest).log1p() - far * rest / (1 - rest), near);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => LogProbAt(value, () => 1 - value);

    /// <summary>The log-density at values whose distances from 1 are known.</summary>
    internal Tensor LogProbAt(Tensor value, Func<Tensor> distance)
    {
        Tensor isPoint = IsPoint;
        if (!TensorQuestions.Any(isPoint)) return LogDensity(value, distance);
        // Draws near 0 are multiples of 1 / λ.
        Tensor isAtEnd = TensorChoice.Abs(value - (Tilt > 0).to(DType)) < NearEnd;
        Tensor atPoint = TensorChoice.Where(isAtEnd, double.PositiveInfinity, value.new_full([], double.NegativeInfinity));
        return TensorChoice.Where(isPoint, atPoint, LogDensity(value, distance));
    }

    private Tensor LogDensity(Tensor value, Func<Tensor> distance)
    {
        if (!TensorQuestions.Any(TensorChoice.Abs(Tilt) > FarHalfTilt)) return LogDensity(Tilt, value);
        // For large |λ|, it is computed from the distance to the end where the density is largest.
        Tensor tilt = Tilt, size = TensorChoice.Abs(tilt), isFar = size > 1, far = TensorChoice.Where(isFar, size, 1), near = tilt.masked_fill(isFar, 0);
        Tensor fall = far.log() - far * TensorChoice.Where(tilt > 0, distance(), value) - (-(-far).exp()).log1p();
        return TensorChoice.Where(isFar, fall, LogDensity(near, value));
    }

    // The quantile of a uniform number, from the side whose exponential decreases, with libtorch's vectorized operations.
    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor uniform = random.Uniform(shape, DType), draw;
        using (no_grad())
        {
            Tensor fall = -TensorChoice.Abs(Tilt), rises = (Tilt > 0).to(DType), direction = 1 - 2 * rises;
            Tensor part = uniform * direction + rises;
            Tensor fallen = TensorChoice.Where(fall == 0, part, (part * fall.expm1()).log1p_().div_(fall));
            draw = fallen.mul_(direction).add_(rises).clamp_(0, 1);
        }
        return Elementwise.AttachGradients(draw, () => uniform, TruncatedExponential.QuantileSlopeAt, Tilt);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => PartOf(LowerPart(value), UpperPart(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogOf(LowerPart(value), UpperPart(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => PartOf(UpperPart(value), LowerPart(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => LogOf(UpperPart(value), LowerPart(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Elementwise.Apply(TruncatedExponential.QuantileAt, probability, Tilt);

    private Tensor LowerPart(Tensor value) => LogFraction(value.clamp(0, 1), 1 - value.clamp(0, 1), Tilt);

    private Tensor UpperPart(Tensor value) => LogFraction(1 - value.clamp(0, 1), value.clamp(0, 1), -Tilt);

    // log((exp(λx) − 1) / (exp(λ) − 1)), with exponentials of negative numbers only.
    private static Tensor LogFraction(Tensor x, Tensor complement, Tensor tilt)
    {
        Tensor isUp = tilt > 0, fall = TensorChoice.Where(isUp, -tilt, tilt), rise = TensorChoice.Where(isUp, tilt, 0);
        return (SmoothQuotients.Expm1Scaled(x, fall) / SmoothQuotients.Expm1Scaled(ones_like(fall), fall)).log() - rise * complement;
    }

    // The slopes of the larger part are those of the smaller one.
    private static Tensor PartOf(Tensor logPart, Tensor logOther)
    {
        Tensor isLarge = logPart > logOther;
        return TensorChoice.Where(isLarge, 1 - logOther.masked_fill(~isLarge, -1).exp(), logPart.masked_fill(isLarge, 0).exp());
    }

    // Close to 1, the logarithm of a probability takes its digits from the complement.
    private static Tensor LogOf(Tensor logPart, Tensor logOther)
    {
        Tensor isLarge = logPart > -0.5;
        return TensorChoice.Where(isLarge, LogComplement.OfExp(logOther.masked_fill(~isLarge, -1)), logPart.masked_fill(isLarge, 0));
    }
}
