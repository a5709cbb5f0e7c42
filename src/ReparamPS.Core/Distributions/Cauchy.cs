using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The Cauchy (Lorentz) distribution. Counterpart of <c>torch.distributions.Cauchy</c>.
/// Reparameterized by location and scale: z = Loc + Scale · ε with ε = tan π(u − ½), u uniform.
/// </summary>
public sealed class Cauchy : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Cauchy",
        Reparameterization.LocationScale,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new Cauchy(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "1 / (π Scale (1 + y²)) with y = (x − Loc) / Scale",
        Moments = "mean undefined (NaN), variance infinite",
        HasMode = true,
        Source = "torch.distributions.Cauchy",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The median.</param>
    /// <param name="scale">Half the distance between the quartiles; positive.</param>
    public Cauchy(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The median.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>Half the distance between the quartiles.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc.new_full([], double.NaN);

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Loc.new_full([], double.PositiveInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Scale.log() + Math.Log(4 * Math.PI);

    // The tail beyond a value, on its side of Loc, by the angle: a quotient of the distance and a tiny scale would overflow.
    private (Tensor Tail, Tensor IsLower) TailOf(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        Tensor isLower = distance < 0;
        return (SmoothQuotients.Angle(scale, TensorChoice.Where(isLower, -distance, distance)) / Math.PI, isLower);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        return -(Scale.log() + Math.Log(Math.PI)) - SmoothQuotients.Log1pSquare(distance, scale);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => addcmul(Loc, random.Cauchy(shape, DType), Scale, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value)
    {
        (Tensor tail, Tensor isLower) = TailOf(value);
        return TensorChoice.Where(isLower, tail, 1 - tail);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value)
    {
        (Tensor tail, Tensor isLower) = TailOf(value);
        return LogOf(tail, isLower);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value)
    {
        (Tensor tail, Tensor isLower) = TailOf(value);
        return TensorChoice.Where(isLower, 1 - tail, tail);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value)
    {
        (Tensor tail, Tensor isLower) = TailOf(value);
        return LogOf(tail, ~isLower);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        // The cotangent near 0 and 1: the tangent's argument would lose the digits of the probability there.
        Tensor centre = (Math.PI * (probability - 0.5)).tan();
        Tensor lower = -(Math.PI * probability).tan().reciprocal(), upper = (Math.PI * (1 - probability)).tan().reciprocal();
        return Loc + Scale * TensorChoice.Where(probability < 0.25, lower, TensorChoice.Where(probability > 0.75, upper, centre));
    }

    // The logarithm of a probability that is the tail or its complement.
    private static Tensor LogOf(Tensor tail, Tensor isTail) => TensorChoice.Where(isTail, tail.masked_fill(~isTail, 1).log(), (-tail).log1p());
}
