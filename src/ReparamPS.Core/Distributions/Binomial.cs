using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics.Lattices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>The binomial distribution: the number of successes in TotalCount trials. Counterpart of <c>torch.distributions.Binomial</c>. Not reparameterized.</summary>
public sealed class Binomial : Distribution
{
    private const double LargeCount = 200, MaxSummed = 4096;

    // A sum over the values of a batch keeps about 1 KB per value in memory.
    private const double MaxTerms = 1 << 18;

    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Binomial",
        Reparameterization.None,
        BoundedIntegers("integer from 0 to TotalCount"),
        [
            new("TotalCount", NonNegativeInteger) { Default = 1, Example = 10.0, IsReparameterized = false },
            new("Probs", UnitInterval) { Group = "Probs", Example = 0.3 },
            new("Logits", Real) { Group = "Probs" },
        ],
        given => new Binomial(given.Tensor("TotalCount"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "(n choose x) Probs^x (1 − Probs)^(n − x), n = TotalCount",
        Moments = "mean n Probs, variance n Probs (1 − Probs)",
        IsLogProbInDouble = true,
        HasMode = true, HasEnumerableSupport = true,
        Source = "torch.distributions.Binomial",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution from a count and exactly one of probs and logits.</summary>
    /// <param name="totalCount">The number of trials; a non-negative integer.</param>
    /// <param name="probs">The probability of a success.</param>
    /// <param name="logits">The log-odds of a success.</param>
    public Binomial(Tensor totalCount, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("TotalCount", totalCount), ParameterChoice.One("Binomial", ("Probs", probs), ("Logits", logits))], [])
        => (TotalCount, binary) = (totalCount, new BinaryProbs(probs, logits));

    /// <summary>The number of trials.</summary>
    [JsonIgnore]
    public Tensor TotalCount { get; }

    /// <summary>The probability of a success.</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds of a success.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => IntegersUpTo(TotalCount, Type.Support.Name);

    /// <summary>The probability in forms that do not lose digits.</summary>
    internal BinaryProbs Binary => binary;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TotalCount * binary.Probs;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => ((TotalCount + 1) * binary.Probs).floor().minimum(TotalCount);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => TotalCount * binary.Probs * binary.Complement;

    // The sum runs from 0 to the largest count; values above an element's own count add 0.
    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => binary.WithEdges(EntropyInside(), TotalCount);

    private Tensor EntropyInside()
    {
        double most = TensorQuestions.Max(TotalCount);
        if (most > MaxSummed || !CanSum(most, BatchShape)) return Elementwise.Apply(LatticeMasses.Binomial, TotalCount, binary.SafeLogits);
        Tensor values = arange(most + 1, dtype: DType, device: Device).reshape([-1, .. BatchShape.Select(_ => 1L)]);
        Tensor inside = values <= TotalCount;
        Tensor log = ComputeLogProb(values.minimum(TotalCount));
        Tensor counted = inside & (log > double.NegativeInfinity);
        return -(log.exp() * log.masked_fill(~counted, 0)).sum([0]);
    }

    /// <summary>Whether the values from 0 to a count, for each distribution of a batch, are few enough to be summed as tensors.</summary>
    internal static bool CanSum(double count, long[] batchShape) => (count + 1) * TensorShapes.RealCount(batchShape) <= MaxTerms;

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor failures = TotalCount - value;
        Tensor direct = (TotalCount + 1).lgamma() - (value + 1).lgamma() - (failures + 1).lgamma() + binary.TimesLogProbs(value) + binary.TimesLogComplement(failures);
        // At large counts these terms cancel. The terms of three Poisson masses, each near its mode, do not.
        if (!TensorQuestions.MayExceed(TotalCount, LargeCount)) return direct;
        Tensor isLarge = (TotalCount > LargeCount) & (value > 0) & (failures > 0);
        Tensor count = TotalCount.masked_fill(TotalCount == 0, 1);
        Tensor byPoisson = GammaMath.LogMass(value, count * binary.Probs) + GammaMath.LogMass(failures, count * binary.Complement) - GammaMath.LogMass(count, count);
        return TensorChoice.Where(isLarge, byPoisson, direct);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSupportValues()
    {
        double most = TensorQuestions.Max(TotalCount);
        return TensorQuestions.All(TotalCount == most) ? arange(most + 1, dtype: DType, device: Device) : throw new NotSupportedException("The support of Binomial can be enumerated only if TotalCount is the same in the whole batch.");
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => random.Binomial(TotalCount.expand(shape), binary.Probs.expand(shape));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => AtWhole(value, BetaTails.Lower, -1, below: 0, above: 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => AtWhole(value, BetaTails.LogLower, -1, below: double.NegativeInfinity, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => AtWhole(value, BetaTails.Upper, 1, below: 1, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => AtWhole(value, BetaTails.LogUpper, 1, below: 0, above: double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) =>
        DiscreteQuantile.Search(ComputeCdf, ComputeSurvival, probability, ComputeMean() + 8 * ComputeVariance().sqrt() + 8, isBounded: false).minimum(TotalCount * (binary.Probs != 0).to(DType));

    // F(k) = I(1 − p; n − k, k + 1). At p = 0, only F(0) moves with p, by −n; at p = 1, only F(n − 1).
    private Tensor AtWhole(Tensor value, Func<Tensor, Tensor, Tensor, Tensor> tail, int sign, double below, double above)
    {
        Tensor whole = value.floor(), isAbove = whole >= TotalCount, isBelow = value < 0;
        Tensor inside = whole.masked_fill(isAbove | isBelow, 0);
        Tensor slope = sign * TotalCount, edges = binary.SlopesAtEdges(slope * (inside == 0).to(DType), slope * (inside == TotalCount - 1).to(DType));
        return (tail((TotalCount - inside).clamp(min: 1), inside + 1, -binary.SafeLogits) + edges).masked_fill(isBelow, below).masked_fill(isAbove, above);
    }
}
