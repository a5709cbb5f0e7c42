using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Gumbel (type I extreme value) distribution. Counterpart of <c>torch.distributions.Gumbel</c>.
/// Reparameterized by the inverse CDF: z = Loc − Scale · log(−log u) with u uniform.
/// </summary>
public sealed class Gumbel : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Gumbel",
        Reparameterization.InverseCdf,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new Gumbel(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "exp(−y − exp(−y)) / Scale with y = (x − Loc) / Scale",
        Moments = "mean Loc + γ Scale (γ = 0.5772…, Euler's constant), variance π² Scale² / 6",
        HasMode = true,
        Source = "torch.distributions.Gumbel; Gumbel 1958, Statistics of Extremes",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mode.</param>
    /// <param name="scale">The scale; positive.</param>
    public Gumbel(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The mode.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The scale.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc + Scale * GammaFunctions.Euler;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.square() * (Math.PI * Math.PI / 6);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + (1 + GammaFunctions.Euler);

    private Tensor NegatedStandard(Tensor value) => -SteepQuotient.OfDistance(value, Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        // Temporaries are freed at once: the next operation takes their memory while it is in a cache.
        using (distance)
        using (Tensor y = distance / -scale, exponential = y.exp())
        {
            // At a value of −∞ the difference would be ∞ − ∞.
            Tensor linear = TensorQuestions.MayExceed(y, double.MaxValue) ? y.masked_fill(y == double.PositiveInfinity, 0) : y;
            return (linear - exponential).sub_(Scale.log());
        }
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) =>
        addcmul(Loc, random.OpenUniform(shape, DType).log_().neg_().log_(), Scale, -1);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => ComputeLogCdf(value).exp();

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value)
    {
        // Outside the type's range, neither the value nor its derivatives are finite.
        Tensor y = NegatedStandard(value), isFar = y > Math.Log(DType == ScalarType.Float32 ? float.MaxValue : double.MaxValue);
        return TensorChoice.Where(isFar, double.NegativeInfinity, -TensorChoice.Where(isFar, 0, y).exp());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => LogComplement.Of(ComputeLogCdf(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => LogComplement.OfHazard(NegatedStandard(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Loc - Scale * (-probability.log()).log();
}
