using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The logarithm of a <see cref="RelaxedOneHotCategorical"/>: vectors whose exponentials sum to 1. Counterpart of
/// <c>torch.distributions.relaxed_categorical.ExpRelaxedCategorical</c>. Reparameterized: z = log softmax((log p + g) / Temperature) with g standard Gumbel.
/// </summary>
public sealed class ExpRelaxedCategorical : Distribution
{
    private readonly CategoricalProbs categories;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "ExpRelaxedCategorical",
        Reparameterization.Relaxation,
        RealVector,
        [
            new("Temperature", Positive) { Example = 0.7 },
            new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } },
            new("Logits", LogWeights) { Group = "Probs" },
        ],
        given => new ExpRelaxedCategorical(given.Tensor("Temperature"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Γ(K) T^(K−1) Π s_i, s = softmax(log p − T x), T = Temperature, p = Probs normalized, on Σ exp(x_i) = 1",
        Moments = "no closed form",
        IsLogProbInDouble = true,
        Source = "ExpRelaxedCategorical of torch.distributions.relaxed_categorical; Maddison, Mnih, Teh 2017, arXiv:1611.00712",
        HasMoments = false,
    };

    /// <summary>Creates the distribution from a temperature and exactly one of probs and logits.</summary>
    /// <param name="temperature">The temperature: draws approach one-hot vectors as it goes to 0; positive.</param>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public ExpRelaxedCategorical(Tensor temperature, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("Temperature", temperature), ParameterChoice.One("ExpRelaxedCategorical", ("Probs", probs), ("Logits", logits))], ParameterChecks.VectorShape(probs ?? logits!))
        => (Temperature, categories) = (temperature, new CategoricalProbs(probs, logits));

    /// <summary>The temperature: draws approach one-hot vectors as it goes to 0.</summary>
    [JsonIgnore]
    public Tensor Temperature { get; }

    /// <summary>The weights of the categories.</summary>
    [JsonIgnore]
    public Tensor Probs => categories.Probs;

    /// <summary>The logarithms of the weights.</summary>
    [JsonIgnore]
    public Tensor Logits => categories.Logits;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => throw Lacks("closed-form variance");

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => LogDensity(value, value == double.NegativeInfinity, Temperature, categories);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => special.log_softmax(Scores(shape, Temperature, categories, random), -1);

    /// <summary>
    /// The log-density at the logarithm of a point of the simplex. A category of weight 0 is left out: the others have a density over the face where it is 0, and there is none elsewhere.
    /// </summary>
    /// <param name="value">The logarithms.</param>
    /// <param name="isZero">Where the point itself is 0.</param>
    /// <param name="temperature">The temperature.</param>
    /// <param name="categories">The weights.</param>
    internal static Tensor LogDensity(Tensor value, Tensor isZero, Tensor temperature, CategoricalProbs categories)
    {
        Tensor log = categories.SafeLogProbs, isNone = categories.IsImpossible, wide = temperature.unsqueeze(-1);
        if (!TensorQuestions.MayAny(isNone))
            return TensorFunctions.SumOfLogSoftmax(log - value * wide) + MathNet.Numerics.SpecialFunctions.FactorialLn((int)categories.Count - 1) + temperature.log() * (categories.Count - 1);
        Tensor kept = log.masked_fill(isNone, 0) - value.masked_fill(isNone, 0) * wide, count = (~isNone).to(log.dtype).sum(-1);
        Tensor score = special.log_softmax(kept.masked_fill(isNone, double.NegativeInfinity), -1).masked_fill(isNone, 0).sum(-1) + count.lgamma() + temperature.log() * (count - 1);
        return score.masked_fill((isNone & ~isZero).any(-1), double.NegativeInfinity);
    }

    /// <summary>(log p + Gumbel noise) / temperature; −∞ for a category of weight 0.</summary>
    internal static Tensor Scores(long[] shape, Tensor temperature, CategoricalProbs categories, RandomSource random)
    {
        double epsilon = TorchTypes.Epsilon(temperature.dtype);
        Tensor gumbel = random.Uniform(shape, temperature.dtype).clamp_(epsilon, 1 - epsilon).log_().neg_().log_().neg_();
        Tensor log = categories.SafeLogProbs, isNone = categories.IsImpossible;
        if (!TensorQuestions.MayAny(isNone)) return SteepQuotient.Of(log + gumbel, temperature.unsqueeze(-1));
        // Not divided: the gradient of the temperature would be NaN.
        return SteepQuotient.Of(log.masked_fill(isNone, 0) + gumbel, temperature.unsqueeze(-1)).masked_fill(isNone, double.NegativeInfinity);
    }
}
