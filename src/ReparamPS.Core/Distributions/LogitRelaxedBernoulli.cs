using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The logit of a <see cref="RelaxedBernoulli"/>: logistic with location Logits / Temperature and scale 1 / Temperature. Counterpart of
/// <c>torch.distributions.relaxed_bernoulli.LogitRelaxedBernoulli</c>. Reparameterized: z = (Logits + log u − log(1 − u)) / Temperature with u uniform.
/// </summary>
public sealed class LogitRelaxedBernoulli : Distribution
{
    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LogitRelaxedBernoulli",
        Reparameterization.Relaxation,
        Real,
        [
            new("Temperature", Positive) { Example = 0.7 },
            new("Probs", UnitInterval) { Group = "Probs", Example = 0.3 },
            new("Logits", Real) { Group = "Probs" },
        ],
        given => new LogitRelaxedBernoulli(given.Tensor("Temperature"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "T exp(s) / (1 + exp(s))², s = Logits − T x, T = Temperature",
        Moments = "mean Logits / T, variance π² / (3 T²)",
        IsLogProbInDouble = true,
        Source = "LogitRelaxedBernoulli of torch.distributions.relaxed_bernoulli; Maddison, Mnih, Teh 2017, arXiv:1611.00712",
        HasMode = true,
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution from a temperature and exactly one of probs and logits.</summary>
    /// <param name="temperature">The temperature: the distribution approaches a Bernoulli as it goes to 0; positive.</param>
    /// <param name="probs">The probability of a 1.</param>
    /// <param name="logits">The log-odds of a 1.</param>
    public LogitRelaxedBernoulli(Tensor temperature, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("Temperature", temperature), ParameterChoice.One("LogitRelaxedBernoulli", ("Probs", probs), ("Logits", logits))], [])
        => (Temperature, binary) = (temperature, new BinaryProbs(probs, logits));

    /// <summary>The temperature: the distribution approaches a Bernoulli as it goes to 0.</summary>
    [JsonIgnore]
    public Tensor Temperature { get; }

    /// <summary>The probability of a 1.</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds of a 1.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => binary.SafeLogits / Temperature;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => ComputeMean();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Math.PI * Math.PI / 3 / Temperature.square();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 2 - Temperature.log();

    // Where the log-odds are infinite, all values but that infinity itself are on one side of it.
    private Tensor Standardize(Tensor value) => TensorChoice.Where(binary.IsCertain, -binary.SafeLogits, Temperature * value - binary.FiniteLogits);

    private Tensor Quantile(Tensor logistic) => TensorChoice.Where(binary.IsCertain, binary.SafeLogits.detach(), (binary.FiniteLogits + logistic) / Temperature);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor standard = Standardize(value);
        return Temperature.log() + TensorFunctions.LogSigmoid(standard) + TensorFunctions.LogSigmoid(-standard);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Quantile(RelaxedBernoulli.LogisticNoise(shape, DType, random));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => TensorFunctions.Sigmoid(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => TensorFunctions.LogSigmoid(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => TensorFunctions.Sigmoid(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => TensorFunctions.LogSigmoid(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Quantile(probability.log() - (-probability).log1p());
}
