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

    private Tensor Standardize(Tensor value) => SteepQuotient.OfDistance(value, Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => -(Scale.log() + Math.Log(Math.PI)) - SmoothQuotients.Log1pSquare((value - Loc) / Scale);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => addcmul(Loc, random.Cauchy(shape, DType), Scale, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => StandardCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => StandardLogCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => StandardCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => StandardLogCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        // The cotangent near 0 and 1: the tangent's argument would lose the digits of the probability there.
        Tensor centre = (Math.PI * (probability - 0.5)).tan();
        Tensor lower = -(Math.PI * probability).tan().reciprocal(), upper = (Math.PI * (1 - probability)).tan().reciprocal();
        return Loc + Scale * TensorChoice.Where(probability < 0.25, lower, TensorChoice.Where(probability > 0.75, upper, centre));
    }

    // The angle of (−y, 1) avoids a difference of nearly equal numbers in the lower tail.
    private static Tensor StandardCdf(Tensor y) => ones_like(y).atan2(-y) / Math.PI;

    private static Tensor StandardLogCdf(Tensor y)
    {
        Tensor isLower = y < 0;
        return TensorChoice.Where(isLower, StandardCdf(y.masked_fill(~isLower, 0)).log(), (-StandardCdf(-y.masked_fill(isLower, 0))).log1p());
    }
}
