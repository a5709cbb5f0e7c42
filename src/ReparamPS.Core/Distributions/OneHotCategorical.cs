using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The categorical distribution over one-hot vectors. Counterpart of <c>torch.distributions.OneHotCategorical</c>.
/// Not reparameterized; weights need not be normalized.
/// </summary>
public class OneHotCategorical : Distribution
{
    private readonly CategoricalProbs categories;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "OneHotCategorical",
        Reparameterization.None,
        OneHot,
        [new("Probs", Weights) { Group = "Probs", Example = new[] { 0.2, 0.5, 0.3 } }, new("Logits", LogWeights) { Group = "Probs" }],
        given => new OneHotCategorical(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Π Probs_i^x_i, Probs normalized",
        Moments = "mean Probs, variance Probs (1 − Probs), Probs normalized",
        HasMode = true, HasEnumerableSupport = true, IsLogProbInDouble = true,
        Source = "torch.distributions.OneHotCategorical",
        HasEntropy = true,
        Alternative = "RelaxedOneHotCategorical",
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The weights of the categories, along the last dimension.</param>
    /// <param name="logits">The logarithms of the weights.</param>
    public OneHotCategorical(Tensor? probs = null, Tensor? logits = null) : this(Definition, probs, logits) { }

    /// <summary>For subclasses with another way to draw.</summary>
    private protected OneHotCategorical(DistributionType type, Tensor? probs, Tensor? logits)
        : base(type, [ParameterChoice.One(type.Name, ("Probs", probs), ("Logits", logits))], ParameterChecks.VectorShape(probs ?? logits!))
        => categories = new CategoricalProbs(probs, logits);

    /// <summary>The weights of the categories.</summary>
    [JsonIgnore]
    public Tensor Probs => categories.Probs;

    /// <summary>The logarithms of the weights.</summary>
    [JsonIgnore]
    public Tensor Logits => categories.Logits;

    /// <summary>The probabilities, normalized.</summary>
    internal Tensor NormalizedProbs => categories.Normalized;

    /// <summary>The logarithms of the probabilities.</summary>
    internal Tensor LogProbs => categories.LogProbs;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => categories.Normalized;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor mean = categories.Normalized;
        return mean * TensorFunctions.Complement(mean);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => categories.Entropy();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => categories.LogProbAt(value.argmax(-1));

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => nn.functional.one_hot(categories.Normalized.argmax(-1), EventShape[0]).to(DType);

    /// <inheritdoc/>
    protected override Tensor ComputeSupportValues() => eye(EventShape[0], dtype: DType, device: Device);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        return zeros(shape, DType, Device).scatter_(-1, categories.Draw(shape[..^1], BatchShape, random).unsqueeze(-1), ones([], DType, Device).expand([.. shape[..^1], 1]));
    }
}
