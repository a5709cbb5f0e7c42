using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The normal (Gaussian) distribution N(Loc, Scale²). Counterpart of <c>torch.distributions.Normal</c>.
/// Reparameterized by location and scale: z = Loc + Scale · ε with ε ~ N(0, 1) (Kingma, Welling 2013, arXiv:1312.6114).
/// </summary>
public sealed class Normal : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Normal",
        Reparameterization.LocationScale,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Scale", Positive) { Default = 1, Example = 1.5 }],
        given => new Normal(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "exp(−(x − Loc)² / (2 Scale²)) / (Scale √(2π))",
        Moments = "mean Loc, variance Scale²",
        HasMode = true,
        Source = "torch.distributions.Normal; Kingma, Welling 2013, arXiv:1312.6114",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean.</param>
    /// <param name="scale">The standard deviation; positive.</param>
    public Normal(Tensor loc, Tensor scale) : base(Definition, [("Loc", loc), ("Scale", scale)], []) => (Loc, Scale) = (loc, scale);

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The standard deviation.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Scale.square();

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => 0.5 * (1 + StandardNormal.LogTwoPi) + Scale.log();

    private Tensor Standardize(Tensor value) => SteepQuotient.OfDistance(value, Loc, Scale);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        (Tensor distance, Tensor scale) = SteepQuotient.Distance(value, Loc, Scale);
        // Temporaries are freed at once: the next operation takes their memory while it is in a cache.
        using (distance)
        using (Tensor quotient = distance / scale)
        {
            return StandardNormal.LogDensity(quotient).sub_(Scale.log());
        }
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => addcmul(Loc, random.Normal(shape, DType), Scale, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => StandardNormal.Cdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => StandardNormal.LogCdf(Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => StandardNormal.Cdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => StandardNormal.LogCdf(-Standardize(value));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Loc + Scale * special.ndtri(probability);
}
