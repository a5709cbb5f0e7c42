using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Bernoulli distribution: 1 with probability Probs, otherwise 0. Counterpart of <c>torch.distributions.Bernoulli</c>.
/// Not reparameterized: a draw is a step function of its parameter.
/// </summary>
public sealed class Bernoulli : Distribution
{
    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Bernoulli",
        Reparameterization.None,
        Constraints.Constraints.Boolean,
        [new("Probs", UnitInterval) { Group = "Probs", Example = 0.3 }, new("Logits", Real) { Group = "Probs" }],
        given => new Bernoulli(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Probs^x (1 − Probs)^(1 − x)",
        Moments = "mean Probs, variance Probs (1 − Probs)",
        HasMode = true, HasEnumerableSupport = true,
        Source = "torch.distributions.Bernoulli",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
        Alternative = "RelaxedBernoulli",
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The probability of a 1.</param>
    /// <param name="logits">The log-odds of a 1.</param>
    public Bernoulli(Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [ParameterChoice.One("Bernoulli", ("Probs", probs), ("Logits", logits))], []) => binary = new BinaryProbs(probs, logits);

    /// <summary>The probability of a 1.</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds of a 1.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <summary>The probability in forms that do not lose digits.</summary>
    internal BinaryProbs Binary => binary;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => binary.Probs;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => (binary.Probs >= 0.5).to(DType);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => binary.Probs * binary.Complement;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => binary.Entropy();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => binary.LogProbOf(value == 1);

    /// <inheritdoc/>
    protected override Tensor ComputeSupportValues() => tensor([0.0, 1.0], DType, Device);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => random.Bernoulli(binary.Probs.expand(shape));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Step(value, binary.Complement, below: 0, above: 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => Step(value, LogProbOf(isOne: false), below: double.NegativeInfinity, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Step(value, binary.Probs, below: 1, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Step(value, LogProbOf(isOne: true), below: 0, above: double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => (probability > binary.Complement).to(DType);

    private Tensor LogProbOf(bool isOne) => binary.LogProbOf(tensor(isOne, device: Device));

    private static Tensor Step(Tensor value, Tensor between, double below, double above) =>
        between.masked_fill(value < 0, below).masked_fill(value >= 1, above).masked_fill(value.ne(value), double.NaN);
}
