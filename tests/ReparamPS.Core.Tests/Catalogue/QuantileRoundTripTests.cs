using CsCheck;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>Quantile and CDF undo each other, at probabilities that nobody chose: one sample of a fixed seed, so that a verdict stands.</summary>
public sealed class QuantileRoundTripTests
{
    private const double Epsilon = 2.220446049250313e-16;

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void The_CDF_of_a_quantile_is_its_probability(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        Gen<double> probability = Gen.OneOf(Gen.Double[1e-9, 1 - 1e-9], Gen.Double[-20, -1].Select(exponent => Math.Pow(10, exponent)));
        probability.Array[200].Sample(
            probabilities =>
            {
                using var inner = NewDisposeScope();
                Tensor at = distribution.Icdf(tensor(probabilities));
                double[] quantiles = ManagedValues.ToDoubles(at);
                double[] reached = ManagedValues.ToDoubles(distribution.Cdf(at));
                double[] below = ManagedValues.ToDoubles(distribution.Support.IsDiscrete ? distribution.Cdf(at - 1) : distribution.LogProb(at).exp());
                for (int i = 0; i < probabilities.Length; i++)
                {
                    double p = probabilities[i], x = quantiles[i];
                    if (distribution.Support.IsDiscrete)
                    {
                        Assert.True(reached[i] >= p * (1 - 1e-9) && below[i] < p * (1 + 1e-9), $"{reference}: the quantile of {p:R} is {x}, where the CDF goes from {below[i]:R} to {reached[i]:R}.");
                        continue;
                    }
                    // What the rounding of x to float64 moves the CDF by is nobody's fault; nor is a quantile that leaves the range of float64.
                    double rounding = 4 * Epsilon * Math.Abs(x) * below[i];
                    if (!double.IsFinite(x) || Math.Abs(x) < 1e-300 || !double.IsFinite(rounding)) continue;
                    Assert.True(Math.Abs(reached[i] - p) <= (reference.Tolerance("roundTrip") * p) + rounding, $"{reference}: F(F⁻¹({p:R})) is {reached[i]:R}; the quantile is {x:R}.");
                }
            },
            iter: 1,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
    }

    [Theory, MemberData(nameof(Cases.UnivariateDiscrete), MemberType = typeof(Cases))]
    public void A_quantile_does_not_depend_on_its_neighbours_and_that_of_0_is_the_least_value(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        double[] probabilities = [0, 0.3, 0.999, 1];
        double[] together = ManagedValues.ToDoubles(distribution.Icdf(tensor(probabilities), cancellation: TestContext.Current.CancellationToken));
        Assert.Equal([.. probabilities.SelectMany(p => ManagedValues.ToDoubles(distribution.Icdf(tensor(p))))], together);
        Assert.Equal(0, together[0]);
    }

    [Fact]
    public void Where_all_mass_is_at_0_every_quantile_is_0()
    {
        using var scope = NewDisposeScope();
        Tensor zero = tensor(0.0), probabilities = tensor([0.0, 0.5, 1.0]);
        Distribution[] points = [new Poisson(zero), new NegativeBinomial(zero, tensor(0.5)), new NegativeBinomial(tensor(5.0), zero), new Geometric(tensor(1.0)), new Binomial(zero, tensor(0.5))];
        Assert.All(points, point => Assert.Equal([0, 0, 0], ManagedValues.ToDoubles(point.Icdf(probabilities, cancellation: TestContext.Current.CancellationToken))));
        Assert.Equal([0, double.PositiveInfinity], ManagedValues.ToDoubles(new Poisson(tensor([0, 2.0])).Icdf(tensor(1.0), cancellation: TestContext.Current.CancellationToken)));
    }

    [Theory, MemberData(nameof(Cases.Univariate), MemberType = typeof(Cases))]
    public void CDF_and_survival_add_up_to_1_and_the_CDF_never_falls(string name, int setting)
    {
        using var scope = NewDisposeScope();
        ReferenceSetting reference = ReferenceFile.Of(name).Settings[setting];
        Distribution distribution = ReferenceDistribution.Make(reference.File, reference.Parameters).Value;
        double[] points = [.. reference.PointValues.Order()];
        Gen.Double[points[0], points[^1]].Array[200].Sample(
            values =>
            {
                using var inner = NewDisposeScope();
                double[] sorted = [.. values.Order()];
                if (distribution.Support.IsDiscrete) sorted = [.. sorted.Select(Math.Floor)];
                double[] lower = ManagedValues.ToDoubles(distribution.Cdf(tensor(sorted))), upper = ManagedValues.ToDoubles(distribution.Survival(tensor(sorted)));
                for (int i = 0; i < sorted.Length; i++)
                {
                    Assert.True(Math.Abs(lower[i] + upper[i] - 1) < 1e-12, $"{reference}: F + S at {sorted[i]:R} is {lower[i] + upper[i]:R}.");
                    if (i > 0) Assert.True(lower[i] >= lower[i - 1] - 1e-13, $"{reference}: F falls from {lower[i - 1]:R} to {lower[i]:R} between {sorted[i - 1]:R} and {sorted[i]:R}.");
                }
            },
            iter: 1,
            threads: 1,
            seed: "0N0XIzNsQ0O2");
    }
}
