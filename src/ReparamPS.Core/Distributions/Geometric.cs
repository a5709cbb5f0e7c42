using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The geometric distribution: the number of failures before the first success. Counterpart of <c>torch.distributions.Geometric</c>.
/// Not reparameterized.
/// </summary>
public sealed class Geometric : Distribution
{
    private readonly BinaryProbs binary;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Geometric",
        Reparameterization.None,
        NonNegativeInteger,
        [new("Probs", PositiveUnitInterval) { Group = "Probs", Example = 0.3 }, new("Logits", Real) { Group = "Probs" }],
        given => new Geometric(given.TensorOrNull("Probs"), given.TensorOrNull("Logits")))
    {
        Density = "Probs (1 − Probs)^x",
        Moments = "mean (1 − Probs) / Probs, variance (1 − Probs) / Probs²",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Geometric",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution from exactly one of probs and logits.</summary>
    /// <param name="probs">The probability of a success; greater than 0.</param>
    /// <param name="logits">The log-odds of a success.</param>
    public Geometric(Tensor? probs = null, Tensor? logits = null)
        : base(Definition, [ParameterChoice.One("Geometric", ("Probs", probs), ("Logits", logits))], []) => binary = new BinaryProbs(probs, logits);

    /// <summary>The probability of a success.</summary>
    [JsonIgnore]
    public Tensor Probs => binary.Probs;

    /// <summary>The log-odds of a success.</summary>
    [JsonIgnore]
    public Tensor Logits => binary.Logits;

    /// <summary>The probability in forms that do not lose digits.</summary>
    internal BinaryProbs Binary => binary;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => binary.OddsAgainst;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => zeros_like(binary.Probs);

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // By the mean, because the slope of an inverse square overflows first.
        Tensor mean = binary.OddsAgainst;
        return mean * (1 + mean);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        // A probability that underflows leaves 1 − log p.
        Tensor isNone = binary.Probs == 0, inside = binary.Entropy() / binary.Probs.masked_fill(isNone, 1);
        return TensorQuestions.Any(isNone) ? TensorChoice.Where(isNone, 1 - binary.LogProbs, inside) : inside;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => binary.TimesLogComplement(value) + binary.LogProbs;

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) =>
        random.Uniform(shape, DType).clamp_(min: TorchTypes.Tiny(DType)).log_().neg_().div_(TensorChoice.Abs(binary.LogComplement.detach())).floor_().clamp_(max: TorchTypes.Largest(DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => LogComplement.Of(ComputeLogSurvival(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ComputeLogSurvival(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value)
    {
        Tensor isAbove = value == double.PositiveInfinity;
        return binary.TimesLogComplement((value.masked_fill(isAbove, 0).floor() + 1).clamp(min: 0)).masked_fill(isAbove, double.NegativeInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        // Rounding can put the quotient on the wrong side of an integer, so the CDF decides.
        using var noGrad = no_grad();
        Tensor guess = ((-probability).log1p() / binary.LogComplement).masked_fill(probability == 0, 0).ceil().sub(1).clamp(min: 0);
        Tensor lower = TensorChoice.Where(ComputeCdf(guess - 1) >= probability, guess - 1, guess).clamp(min: 0);
        return TensorChoice.Where(ComputeCdf(lower) < probability, lower + 1, lower).masked_fill(binary.Probs == 1, 0);
    }
}
