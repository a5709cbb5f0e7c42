using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// Fisher's F distribution: the ratio of two χ² draws over their degrees of freedom. Counterpart of <c>torch.distributions.FisherSnedecor</c>.
/// Drawn as in PyTorch and reparameterized implicitly in both degrees of freedom.
/// </summary>
public sealed class FisherSnedecor : Distribution
{
    private const double SmallestOdds = 1e-100;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "FisherSnedecor",
        Reparameterization.Implicit,
        NonNegative,
        [new("Df1", Positive) { Example = 5.0 }, new("Df2", Positive) { Example = 7.0 }],
        given => new FisherSnedecor(given.Tensor("Df1"), given.Tensor("Df2")))
    {
        Density = "rᵃ / (x (1 + r)ᵃ⁺ᵇ B(a, b)) with r = Df1 x / Df2, a = Df1 / 2, b = Df2 / 2",
        Moments = "mean Df2 / (Df2 − 2) for Df2 > 2, variance 2 Df2² (Df1 + Df2 − 2) / (Df1 (Df2 − 2)² (Df2 − 4)) for Df2 > 4, else infinite",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.FisherSnedecor; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="df1">The numerator's degrees of freedom; positive.</param>
    /// <param name="df2">The denominator's degrees of freedom; positive.</param>
    public FisherSnedecor(Tensor df1, Tensor df2) : base(Definition, [("Df1", df1), ("Df2", df2)], []) => (Df1, Df2) = (df1, df2);

    /// <summary>The numerator's degrees of freedom.</summary>
    [JsonIgnore]
    public Tensor Df1 { get; }

    /// <summary>The denominator's degrees of freedom.</summary>
    [JsonIgnore]
    public Tensor Df2 { get; }

    private Tensor A => 0.5 * Df1;

    private Tensor B => 0.5 * Df2;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TensorChoice.Where(Df2 > 2, Df2 / TensorChoice.PositiveOr1(Df2 - 2), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => TensorChoice.Where(Df1 > 2, (Df1 - 2) / Df1 * (Df2 / (Df2 + 2)), 0);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TensorChoice.Where(
        Df2 > 4, 2 * (Df2 / TensorChoice.PositiveOr1(Df2 - 2)).square() * (Df1 + Df2 - 2) / (Df1 * TensorChoice.PositiveOr1(Df2 - 4)), double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 
        0.5 * (LogSumOfReciprocals(A, B) - A.reciprocal() + B.reciprocal() + 1) + GammaFunctions.HalfLogTwoPi
        + Stirling.Remainder(A) + Stirling.Remainder(B) - Stirling.Remainder(A + B)
        + (1 - A) * Stirling.RemainderSlope(A) - (1 + B) * Stirling.RemainderSlope(B) + Stirling.TimesRemainderSlope(A + B);

    // log(1 / a + 1 / b), by the smaller one: its reciprocal can have an infinite slope.
    private static Tensor LogSumOfReciprocals(Tensor a, Tensor b)
    {
        Tensor small = minimum(a, b);
        return (small / maximum(a, b)).log1p() - small.log();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        if (AreOrdinary(value))
        {
            Tensor perValue = Df1 / Df2;
            return (A - 1) * value.log() - (A + B) * (perValue * value).log1p() + (A * perValue.log() - BetaMath.LogBeta(A, B));
        }
        // The odds r = Df1 x / Df2 overflow and underflow before x does. Their logarithm does not.
        Tensor isInside = (value > 0) & (value < double.PositiveInfinity), x = value.masked_fill(~isInside, 1), logX = x.log();
        Tensor ratio = Df1 / Df2, logOdds = logX + ratio.log();
        Tensor inside = Stirling.IsAnyLarge(maximum(A, B))
            ? BetaMath.LogKernel(A, B, TensorFunctions.LogSigmoid(logOdds), TensorFunctions.LogSigmoid(-logOdds), Excess(x, ratio)) - logX
            : (A - 1) * logX + A * ratio.log() + (A + B) * TensorFunctions.LogSigmoid(-logOdds) - BetaMath.LogBeta(A, B);
        // At 0 a multiple of log 0 determines the result; for Df1 = 2 the multiple is 0. At infinity the density is 0.
        // There, the other terms cancel, but their slopes stay.
        Tensor isFinite = (value == 0) & (Df1 == 2), a = TensorChoice.Where(isFinite, A, 1), finiteRatio = TensorChoice.Where(isFinite, ratio, 1);
        Tensor others = a * finiteRatio.log() - BetaMath.LogBeta(a, B) - (a + B) * finiteRatio * TensorChoice.Where(isFinite, value, 0);
        Tensor zero = TensorChoice.Where(isFinite, others - others.detach(), double.PositiveInfinity * (2 - Df1).sign());
        return TensorChoice.Where(isInside, inside, TensorChoice.Where(value > 0, double.NegativeInfinity, zero));
    }

    // Where neither the odds nor their products can overflow, nor differences of log-gammas cancel.
    private bool AreOrdinary(Tensor value) =>
        TensorQuestions.AreSurelyBetween(value, SmallestOdds, 1 / SmallestOdds) && TensorQuestions.AreSurelyBetween(Df1, SmallestOdds, Stirling.Large) && TensorQuestions.AreSurelyBetween(Df2, SmallestOdds, Stirling.Large);

    // b X − a Y with X = r / (1 + r) and r = Df1 x / Df2, without a difference of nearly equal numbers and without overflow.
    private Tensor Excess(Tensor x, Tensor ratio)
    {
        Tensor isAbove = x > 1, inverse = x.masked_fill(~isAbove, 2).reciprocal(), below = x.masked_fill(isAbove, 0);
        return A * TensorChoice.Where(isAbove, (1 - inverse) / (inverse + ratio), (below - 1) / (1 + ratio * below));
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor draw;
        GammaPair gammas;
        using (no_grad())
        {
            Tensor a = A.to(ScalarType.Float64).expand(shape), b = B.to(ScalarType.Float64).expand(shape);
            gammas = new GammaPair(random.StandardGamma(a), a, random.StandardGamma(b), b, random);
            draw = (gammas.Odds * (b / a)).clamp_(TorchTypes.Tiny(DType), TorchTypes.Largest(DType)).to(DType);
        }
        return Elementwise.AttachGradients(
            draw,
            () => gammas.LogOdds,
            (at, to) =>
            {
                (double df1, double df2) = (at[1], at[2]);
                (double slopeA, double slopeB) = BetaOdds.RatioSlopes(at[0], 0.5 * df1, 0.5 * df2);
                double value = Math.Exp(at[0]) * df2 / df1;
                (to[0], to[1]) = (0.5 * value * slopeA, 0.5 * value * slopeB);
            },
            Df1, Df2);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Evaluate(value, beta => (beta.Lower, 1, 0));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => Evaluate(value, beta => (beta.LogLower, 1, beta.LogLower));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Evaluate(value, beta => (beta.Upper, -1, 0));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Evaluate(value, beta => (beta.LogUpper, -1, beta.LogUpper));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => BetaMath.RatioIcdf(Df1, Df2, probability);

    private Tensor Evaluate(Tensor value, BetaReading read) => BetaMath.AtRatio(value.clamp_min(0), Df1, Df2, read);
}
