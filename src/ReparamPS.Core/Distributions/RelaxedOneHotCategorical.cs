using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The relaxed (concrete, Gumbel-softmax) one-hot categorical distribution on the simplex, which approaches one-hot vectors as Temperature goes to 0. Counterpart of
/// <c>torch.distributions.RelaxedOneHotCategorical</c>. Reparameterized: z = softmax((log p + g) / Temperature) with g standard Gumbel (arXiv:1611.00712, arXiv:1611.01144).
/// </summary>
public sealed class RelaxedOneHotCategorical : Distribution
{
    private readonly CategoricalProbs categories;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "RelaxedOneHotCategorical",
        Reparameterization.Relaxation,
        Simplex,
        [
            new("Temperature", Positive) { Example = 0.7 },
            new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } },
            new("Logits", LogWeights) { Group = "Probs" },
        ],
        given => new RelaxedOneHotCategorical(given.Tensor("Temperature"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Γ(K) T^(K−1) (Σ p_i x_i^(−T))^(−K) Π p_i x_i^(−T−1), T = Temperature, p = Probs normalized",
        Moments = "no closed form",
        IsLogProbInDouble = true,
        Source = "torch.distributions.RelaxedOneHotCategorical; Maddison, Mnih, Teh 2017, arXiv:1611.00712; Jang, Gu, Poole 2017, arXiv:1611.01144",
        HasMoments = false,
    };

    /// <summary>Creates the distribution from a temperature and exactly one of probs and logits.</summary>
    /// <param name="temperature">The temperature: draws approach one-hot vectors as it goes to 0; positive.</param>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public RelaxedOneHotCategorical(Tensor temperature, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("Temperature", temperature), ParameterChoice.One("RelaxedOneHotCategorical", ("Probs", probs), ("Logits", logits))], ParameterChecks.VectorShape(probs ?? logits!))
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

    // A softmax at a low temperature underflows to 0, where the density has a pole or a zero. It is evaluated at the smallest normal number instead.
    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor log = value.clamp(min: TorchTypes.Tiny(DType)).log(), isZero = value == 0;
        return ExpRelaxedCategorical.LogDensity(log, isZero, Temperature, categories) - TensorFunctions.SumLast(TensorQuestions.MayAny(categories.IsImpossible) ? log.masked_fill(isZero & categories.IsImpossible, 0) : log);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => ExpRelaxedCategorical.Scores(shape, Temperature, categories, random).softmax(-1);
}
