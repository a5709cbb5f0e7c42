using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics.Lattices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The negative binomial distribution: the number of successes before TotalCount failures; TotalCount need not be an integer. Counterpart of
/// <c>torch.distributions.NegativeBinomial</c>. Not reparameterized; drawn as a Poisson whose rate is a Gamma draw.
/// </summary>
public sealed class NegativeBinomial : Distribution
{
    // Up to it, differences of log-gammas keep 12 digits.
    private const double LargeCount = 1000;

    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "NegativeBinomial",
        Reparameterization.None,
        NonNegativeInteger,
        [
            new("TotalCount", NonNegative) { Example = 4.5 },
            new("Probs", UnitIntervalBelowOne) { Group = "Probs", Example = 0.4 },
            new("Logits", Real) { Group = "Probs" },
        ],
        given => new NegativeBinomial(given.Tensor("TotalCount"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Γ(r + x) / (Γ(r) x!) Probs^x (1 − Probs)^r, r = TotalCount",
        Moments = "mean r Probs / (1 − Probs), variance r Probs / (1 − Probs)²",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.NegativeBinomial",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution from a count and exactly one of probs and logits.</summary>
    /// <param name="totalCount">The number of failures to stop at; non-negative.</param>
    /// <param name="probs">The probability of a success; less than 1.</param>
    /// <param name="logits">The log-odds of a success.</param>
    public NegativeBinomial(Tensor totalCount, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("TotalCount", totalCount), ParameterChoice.One("NegativeBinomial", ("Probs", probs), ("Logits", logits))], [])
        => (TotalCount, binary) = (totalCount, new BinaryProbs(probs, logits));

    /// <summary>The number of failures to stop at.</summary>
    [JsonIgnore]
    public Tensor TotalCount { get; }

    /// <summary>The probability of a success.</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds of a success.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TotalCount * binary.Odds;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => ((TotalCount - 1).clamp_min(0) * binary.Odds).floor();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TotalCount * binary.Odds * (1 + binary.Odds);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => binary.WithEdges(Elementwise.Apply(LatticeMasses.NegativeBinomial, TotalCount, binary.SafeLogits), TotalCount);

    // If the count is 0, all mass is at 0, and lgamma(0) is infinite. At a value of 0, two slopes of lgamma cancel, which are huge if the count is small.
    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor none = TotalCount == 0, count = TotalCount.masked_fill(none, 1);
        Tensor log = TensorQuestions.Any(maximum(count, value) > LargeCount) ? LogMassByBeta(count, value)
            : (count + value).lgamma() - count.lgamma() - (value + 1).lgamma() + binary.TimesLogProbs(value) + binary.TimesLogComplement(count);
        return TensorChoice.Where(none, value.masked_fill(value > 0, double.NegativeInfinity), TensorChoice.Where(value == 0, binary.TimesLogComplement(count), log));
    }

    // As a beta density of 1 − Probs, whose terms do not cancel at large counts; at Probs = 0 all mass is at 0.
    private Tensor LogMassByBeta(Tensor count, Tensor value)
    {
        Tensor isNone = binary.Probs == 0, p = binary.Probs.masked_fill(isNone, 0.5), q = TensorChoice.Where(isNone, 0.5, binary.Complement);
        Tensor logP = TensorChoice.Where(isNone, Math.Log(0.5), binary.LogProbOf(tensor(true, device: Device))), logQ = TensorChoice.Where(isNone, Math.Log(0.5), binary.LogComplement);
        Tensor log = BetaMath.LogKernel(count, value + 1, logQ, logP, (value + 1) * q - count * p) - logP - (count + value).log();
        return binary.InfiniteSlope(log.masked_fill(isNone, double.NegativeInfinity), isNone & (value > 0));
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor rate = random.StandardGamma(TotalCount.expand(shape)) * binary.Odds;
        return random.Poisson(rate.masked_fill(TotalCount == 0, 0).clamp_max(TorchTypes.Largest(DType)));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => AtWhole(value, BetaTails.Lower, -1, below: 0, above: 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => AtWhole(value, BetaTails.LogLower, -1, below: double.NegativeInfinity, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => AtWhole(value, BetaTails.Upper, 1, below: 1, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => AtWhole(value, BetaTails.LogUpper, 1, below: 0, above: double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor mean = ComputeMean();
        return DiscreteQuantile.Search(ComputeCdf, ComputeSurvival, probability, mean + 8 * ComputeVariance().sqrt() + 8, isBounded: false).masked_fill(mean == 0, 0);
    }

    // F(k) = I(1 − p; r, k + 1). At p = 0, only F(0) moves with p, by −r.
    private Tensor AtWhole(Tensor value, Func<Tensor, Tensor, Tensor, Tensor> tail, int sign, double below, double above)
    {
        // If the count is 0, all mass is at 0.
        Tensor isNone = TotalCount == 0, isAbove = value == double.PositiveInfinity;
        Tensor whole = value.masked_fill(isAbove, 0).floor().clamp(min: 0), edges = binary.SlopesAtEdges(sign * TotalCount * (whole == 0).to(DType), TotalCount);
        return (tail(TotalCount.masked_fill(isNone, 1), whole + 1, -binary.SafeLogits) + edges).masked_fill(isNone | isAbove, above).masked_fill(value < 0, below);
    }
}
