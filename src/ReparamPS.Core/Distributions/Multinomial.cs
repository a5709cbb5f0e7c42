using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics.Lattices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The multinomial distribution: the count of each category in TotalCount draws. Counterpart of <c>torch.distributions.Multinomial</c>, except that
/// counts may differ over the batch. Not reparameterized.
/// </summary>
public sealed class Multinomial : Distribution
{
    // Above it, draws one by one take gigabytes.
    private const double MaxDrawsInOneCall = 1 << 24;

    private readonly CategoricalProbs categories;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Multinomial",
        Reparameterization.None,
        Counts,
        [
            new("TotalCount", NonNegativeInteger) { Default = 1, Example = 6.0, IsReparameterized = false },
            new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } },
            new("Logits", LogWeights) { Group = "Probs" },
        ],
        given => new Multinomial(given.Tensor("TotalCount"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "n! Π Probs_i^x_i / x_i!, n = TotalCount, Probs normalized",
        Moments = "mean n Probs, variance n Probs (1 − Probs), Probs normalized",
        IsLogProbInDouble = true,
        Source = "torch.distributions.Multinomial",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution from a count and exactly one of probs and logits.</summary>
    /// <param name="totalCount">The number of draws; a non-negative integer.</param>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public Multinomial(Tensor totalCount, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("TotalCount", totalCount), ParameterChoice.One("Multinomial", ("Probs", probs), ("Logits", logits))], ParameterChecks.VectorShape(probs ?? logits!))
        => (TotalCount, categories) = (totalCount, new CategoricalProbs(probs, logits));

    /// <summary>The number of draws.</summary>
    [JsonIgnore]
    public Tensor TotalCount { get; }

    /// <summary>The weights of the categories.</summary>
    [JsonIgnore]
    public Tensor Probs => categories.Probs;

    /// <summary>The logarithms of the weights.</summary>
    [JsonIgnore]
    public Tensor Logits => categories.Logits;

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => CountsOf(TotalCount);

    private double MaxDraws => TensorQuestions.Max(TotalCount);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => TotalCount.unsqueeze(-1) * categories.Normalized;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor mean = categories.Normalized;
        return TotalCount.unsqueeze(-1) * mean * TensorFunctions.Complement(mean);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        Tensor probs = categories.Normalized;
        Tensor each = Elementwise.Apply(LatticeMasses.PoissonScore, TotalCount.unsqueeze(-1), probs, TensorFunctions.Complement(probs));
        return each.sum(-1) + Elementwise.Apply(LatticeMasses.LogPoissonAtRate, TotalCount);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor total = TensorFunctions.SumLast(value);
        if (!Stirling.IsAnyLarge(total)) return (total + 1).lgamma() - TensorFunctions.SumLast((value + 1).lgamma()) + categories.SumOfLogProbs(value);
        // As Poisson masses, whose terms do not cancel: each count given its mean, minus the total given itself.
        Tensor max = total.clamp_min(1), mean = max.unsqueeze(-1) * categories.Normalized, isTiny = mean < TorchTypes.Tiny(DType);
        Tensor each = GammaMath.LogMass(value, mean.masked_fill(isTiny, 1));
        Tensor logMean = TensorChoice.Where(value == 0, 0, categories.SafeLogProbs) + max.log().unsqueeze(-1);
        Tensor rare = TensorChoice.Where(value == 0, -mean, value * logMean - (value + 1).lgamma());
        Tensor log = TensorChoice.Where(isTiny, rare, each).sum(-1) - GammaMath.LogMass(max, max);
        return TensorChoice.Where(total > 0, log, 0);
    }

    // Each category's count given the earlier ones is binomial, of what is left.
    private Tensor DrawByCategory(long[] shape, RandomSource random)
    {
        using var noGrad = no_grad();
        Tensor probs = categories.Normalized.to(ScalarType.Float64), tails = probs.flip(-1).cumsum(-1).flip(-1);
        Tensor share = TensorChoice.Where(tails > 0, probs / tails.masked_fill(tails == 0, 1), 0).clamp_max(1);
        Tensor left = TotalCount.to(ScalarType.Float64).expand(shape[..^1]);
        var counts = new Tensor[categories.Count];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = i == counts.Length - 1 ? left : random.Binomial(left, share.select(-1, i).expand(shape[..^1]));
            left = left - counts[i];
        }
        return stack(counts, -1).to(DType);
    }

    // Elements whose count is below the largest ignore their surplus draws.
    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        // The order of PyTorch's draws depends on the number of samples. With Philox, a longer draw begins with a shorter one.
        if (random is PhiloxSource || MaxDraws * TensorShapes.Count(shape[..^1]) > MaxDrawsInOneCall) return DrawByCategory(shape, random);
        long max = (long)MaxDraws;
        Tensor drawn = categories.Draw([max, .. shape[..^1]], BatchShape, random).movedim([0], [-1]);
        Tensor counted = (arange(max, dtype: DType, device: Device) < TotalCount.unsqueeze(-1)).to(DType).expand(drawn.shape);
        return zeros(shape, DType, Device).scatter_add_(-1, drawn, counted);
    }
}
