using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The categorical distribution: the index of one of K categories. Counterpart of <c>torch.distributions.Categorical</c>.
/// Not reparameterized; weights need not be normalized.
/// </summary>
public sealed class Categorical : Distribution
{
    // The logarithm of the smallest normal number, and a margin.
    private const double MinLog = -80;

    private readonly CategoricalProbs categories;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Categorical",
        Reparameterization.None,
        BoundedIntegers("integer from 0 to K − 1"),
        [new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } }, new("Logits", LogWeights) { Group = "Probs" }],
        given => new Categorical(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Probs_x / Σ Probs",
        Moments = "none: categories have no order",
        HasMode = true, HasEnumerableSupport = true, IsLogProbInDouble = true,
        Source = "torch.distributions.Categorical",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
        Alternative = "RelaxedOneHotCategorical",
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public Categorical(Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [ParameterChoice.One("Categorical", ("Probs", probs), ("Logits", logits))], []) => categories = new CategoricalProbs(probs, logits);

    /// <summary>The weights of the categories.</summary>
    [JsonIgnore]
    public Tensor Probs => categories.Probs;

    /// <summary>The logarithms of the weights.</summary>
    [JsonIgnore]
    public Tensor Logits => categories.Logits;

    /// <summary>The number of categories.</summary>
    internal long Categories => categories.Count;

    /// <summary>The probabilities, normalized.</summary>
    internal Tensor NormalizedProbs => categories.Normalized;

    /// <summary>The logarithms of the probabilities.</summary>
    internal Tensor LogProbs => categories.LogProbs;

    /// <summary>The logarithms of the probabilities, with finite gradients at probabilities of 0.</summary>
    internal Tensor SafeLogProbs => categories.SafeLogProbs;

    /// <summary>The probabilities of the categories after an observation.</summary>
    internal Tensor Posterior(Tensor? logLikelihood) => categories.Posterior(logLikelihood);

    /// <summary>Draws as integers (int64).</summary>
    internal Tensor DrawIndices(long[] shape, RandomSource random) => categories.Draw(shape, BatchShape, random);

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => IntegersUpTo(full([], categories.Count - 1, DType, Device), Type.Support.Name);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => full([], double.NaN, DType, Device);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => categories.Normalized.argmax(-1).to(DType);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => full([], double.NaN, DType, Device);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => categories.Entropy();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => categories.LogProbAt(value.to(ScalarType.Int64));

    /// <inheritdoc/>
    protected override Tensor ComputeSupportValues() => Indices();

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => DrawIndices(shape, random).to(DType);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => SumAt(value, SumsBelow());

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => SumAt(value, SumsFrom());

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogWhere(base.ComputeLogCdf(value), Indices() <= value.unsqueeze(-1));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => LogWhere(base.ComputeLogSurvival(value), Indices() > value.unsqueeze(-1));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        Tensor below = SumsBelow().detach().narrow(-1, 1, categories.Count), above = SumsFrom().detach().narrow(-1, 1, categories.Count);
        return (~DiscreteQuantile.Reaches(below, above, probability.unsqueeze(-1))).sum(-1).to(DType);
    }

    // Σ over the categories before each category and, at the end, over all; rounding can bring it above 1. CDF and quantile use the same sums.
    private Tensor SumsBelow() => cat([None(), categories.Normalized.cumsum(-1).clamp_max(1)], -1);

    // Σ over each category and those after it; at the end, over none.
    private Tensor SumsFrom() => cat([TensorFunctions.SuffixSums(categories.Normalized).clamp_max(1), None()], -1);

    private Tensor None() => zeros_like(categories.Given.detach().narrow(-1, 0, 1));

    private Tensor SumAt(Tensor value, Tensor sums)
    {
        if (!TensorQuestions.HasValues(value)) return value + sums.select(-1, 0);
        Tensor isNaN = value.isnan(), counted = (value.masked_fill(isNaN, 0).floor() + 1).clamp(0, categories.Count);
        return CategoricalProbs.Pick(sums, counted.to(ScalarType.Int64)).masked_fill(isNaN, double.NaN);
    }

    private Tensor Indices() => arange(categories.Count, dtype: DType, device: Device);

    // Probabilities that underflow are summed as logarithms.
    private Tensor LogWhere(Tensor log, Tensor counted)
    {
        Tensor possible = counted & ~categories.IsImpossible, isTiny = (log < MinLog) & possible.any(-1);
        if (!TensorQuestions.Any(isTiny)) return log;
        Tensor logs = categories.SafeLogProbs.masked_fill(~(possible & isTiny.unsqueeze(-1)), double.NegativeInfinity);
        return TensorChoice.Where(isTiny, TensorFunctions.LogSumExp(logs.masked_fill(~isTiny.unsqueeze(-1), 0)), log.masked_fill(isTiny, 0));
    }
}
