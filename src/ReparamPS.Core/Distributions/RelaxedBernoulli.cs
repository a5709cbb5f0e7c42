using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The relaxed (binary concrete) Bernoulli distribution on [0, 1], which approaches a Bernoulli as Temperature goes to 0. Counterpart of <c>torch.distributions.RelaxedBernoulli</c>.
/// Reparameterized: z = sigmoid((Logits + log u − log(1 − u)) / Temperature) with u uniform (Maddison, Mnih, Teh 2017, arXiv:1611.00712).
/// </summary>
public sealed class RelaxedBernoulli : Distribution
{
    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "RelaxedBernoulli",
        Reparameterization.Relaxation,
        UnitInterval,
        [
            new("Temperature", Positive) { Example = 0.7 },
            new("Probs", UnitInterval) { Group = "Probs", Example = 0.3 },
            new("Logits", Real) { Group = "Probs" },
        ],
        given => new RelaxedBernoulli(given.Tensor("Temperature"), given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "T α x^(−T−1) (1 − x)^(−T−1) / (α x^(−T) + (1 − x)^(−T))², α = exp(Logits), T = Temperature",
        Moments = "no closed form",
        IsLogProbInDouble = true,
        Source = "torch.distributions.RelaxedBernoulli; Maddison, Mnih, Teh 2017, arXiv:1611.00712",
        HasCdf = true, HasQuantile = true,
        HasMoments = false,
    };

    /// <summary>Creates the distribution from a temperature and exactly one of probs and logits.</summary>
    /// <param name="temperature">The temperature: the distribution approaches a Bernoulli as it goes to 0; positive.</param>
    /// <param name="probs">The probability of a 1.</param>
    /// <param name="logits">The log-odds of a 1.</param>
    public RelaxedBernoulli(Tensor temperature, Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [("Temperature", temperature), ParameterChoice.One("RelaxedBernoulli", ("Probs", probs), ("Logits", logits))], [])
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
    protected override Tensor ComputeMean() => throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => throw Lacks("closed-form variance");

    // logit(z) is logistic with location Logits / Temperature and scale 1 / Temperature. Infinite log-odds are replaced: the values then have a mass of 1.
    private Tensor Standardize(Tensor value) => Temperature * (value.log() - (-value).log1p()) - binary.FiniteLogits;

    // The only value, where the probability is 0 or 1.
    private Tensor OnlyValue => (binary.SafeLogits > 0).to(DType);

    // −log x − log(1 − x), the Jacobian of the logit, is merged with the logistic's tail so that the limits at 0 and 1 are correct.
    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        double tiny = TorchTypes.Tiny(DType), largest = 1 - TorchTypes.Epsilon(DType) / 2;
        if (TensorQuestions.AreSurelyBetween(value, tiny, largest) && !TensorQuestions.MayAny(binary.IsCertain)) return InnerLogProb(value);
        // At a temperature of 1, the logistic's tail has a slope at the ends too.
        Tensor clamped = value.clamp(tiny, largest), standard = Standardize(TensorChoice.Where(Temperature == 1, value + (clamped - value).detach(), clamped));
        Tensor low = standard < 0, logits = binary.FiniteLogits;
        Tensor nearZero = value.masked_fill(~low, 0.5), nearOne = value.masked_fill(low, 0.5);
        Tensor left = LogProducts.Power(Temperature - 1, nearZero) - (Temperature + 1) * (-nearZero).log1p() - logits;
        Tensor right = LogProducts.PowerOfRest(Temperature - 1, -nearOne) - (Temperature + 1) * nearOne.log() + logits;
        Tensor log = Temperature.log() - 2 * TensorChoice.Where(low, standard, -standard).exp().log1p() + TensorChoice.Where(low, left, right);
        return UnlessCertain(log, () => TensorChoice.Where(value == OnlyValue, 0.0, full_like(value, double.NegativeInfinity)));
    }

    // Away from the ends, with one logarithm of each kind: both tails are one formula in the sign of the standardized logit.
    private Tensor InnerLogProb(Tensor value)
    {
        Tensor log = value.log(), logRest = (-value).log1p(), logits = binary.SafeLogits, standard = Temperature * (log - logRest) - logits;
        Tensor turn = (standard < 0).to(DType).mul_(2).sub_(1), slope = turn * Temperature;
        return Temperature.log() - 2 * (turn * standard).exp().log1p() - (1 - slope) * log - (1 + slope) * logRest - turn * logits;
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => UnlessCertain(
        SteepQuotient.Of(LogisticNoise(shape, DType, random) + binary.FiniteLogits, Temperature).sigmoid().clamp(TorchTypes.Tiny(DType), 1 - TorchTypes.Epsilon(DType)), () => OnlyValue);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => UnlessCertain(TensorFunctions.Sigmoid(Standardize(value.clamp(0, 1))), () => (value >= OnlyValue).to(DType));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) =>
        UnlessCertain(TensorFunctions.LogSigmoid(Standardize(value.clamp(0, 1))), () => (value >= OnlyValue).to(DType).log());

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => UnlessCertain(TensorFunctions.Sigmoid(-Standardize(value.clamp(0, 1))), () => (value < OnlyValue).to(DType));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) =>
        UnlessCertain(TensorFunctions.LogSigmoid(-Standardize(value.clamp(0, 1))), () => (value < OnlyValue).to(DType).log());

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) =>
        UnlessCertain(TensorFunctions.Sigmoid(SteepQuotient.Of(binary.FiniteLogits + probability.log() - (-probability).log1p(), Temperature)), () => OnlyValue);

    private Tensor UnlessCertain(Tensor result, Func<Tensor> certain)
    {
        Tensor isCertain = binary.IsCertain;
        return TensorQuestions.MayAny(isCertain) ? TensorChoice.Where(isCertain, certain(), result) : result;
    }

    /// <summary>Standard logistic draws, from uniforms clamped as in PyTorch.</summary>
    internal static Tensor LogisticNoise(long[] shape, ScalarType dtype, RandomSource random)
    {
        double epsilon = TorchTypes.Epsilon(dtype);
        Tensor uniform = random.Uniform(shape, dtype).clamp_(epsilon, 1 - epsilon);
        return uniform.log().sub_(uniform.neg_().log1p_());
    }
}
