using Newtonsoft.Json;
using ReparamPS.Distributions.Quantiles;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics.Lattices;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>The Poisson distribution. Counterpart of <c>torch.distributions.Poisson</c>. Not reparameterized.</summary>
public sealed class Poisson : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Poisson",
        Reparameterization.None,
        NonNegativeInteger,
        [new("Rate", NonNegative) { Example = 3.5 }],
        given => new Poisson(given.Tensor("Rate")))
    {
        Density = "Rate^x exp(−Rate) / x!",
        Moments = "mean Rate, variance Rate",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Poisson",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="rate">The mean; non-negative.</param>
    public Poisson(Tensor rate) : base(Definition, [("Rate", rate)], []) => Rate = rate;

    /// <summary>The mean.</summary>
    [JsonIgnore]
    public Tensor Rate { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Rate;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Rate.floor();

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Rate;

    // The mass at x is the density at Rate of a Gamma of shape x + 1, and the CDF its survival function.
    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Elementwise.Apply(LatticeMasses.Poisson, Rate);

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => GammaMath.LogMass(value, Rate);

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => random.Poisson(Rate.expand(shape));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => AtWhole(value, GammaMath.Survival, below: 0, above: 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => AtWhole(value, GammaMath.LogSurvival, below: double.NegativeInfinity, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => AtWhole(value, GammaMath.Cdf, below: 1, above: 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => AtWhole(value, GammaMath.LogCdf, below: 0, above: double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) =>
        DiscreteQuantile.Search(ComputeCdf, ComputeSurvival, probability, Rate + 8 * Rate.sqrt() + 8, isBounded: false).masked_fill(Rate == 0, 0);

    private Tensor AtWhole(Tensor value, Func<Tensor, Tensor, Tensor> function, double below, double above)
    {
        Tensor isAbove = value == double.PositiveInfinity;
        Tensor shape = (value.masked_fill(isAbove, 0).floor() + 1).clamp(min: 1);
        return function(shape, Rate).masked_fill(value < 0, below).masked_fill(isAbove, above);
    }
}
