using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Mixtures;

/// <summary>Quantiles of mixtures far from the magnitude of their components, and on a grid other than the whole numbers.</summary>
public sealed class MixtureQuantileTests
{
    private static Categorical Weights => new(tensor([0.3, 0.7]));

    private static MixtureSameFamily Steep(double concentration) => new(new Categorical(tensor([0.5, 0.5])), new Gamma(tensor([concentration, 5.0]), tensor(1.0)));

    [Fact]
    public void Quantiles_near_a_pole_of_the_density_keep_their_magnitude()
    {
        using var scope = NewDisposeScope();
        // Far below 1 only the first component counts: F(x) = 0.5 xᵃ / Γ(1 + a), so x = (2 p Γ(1.01))¹⁰⁰.
        double[] found = ManagedValues.ToDoubles(Steep(0.01).Icdf(tensor([0.001, 0.1]), TestContext.Current.CancellationToken));
        Assert.Equal(1, found[0] / 7.175838109855e-271, 1e-11);
        Assert.Equal(1, found[1] / 7.175838109855e-71, 1e-11);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.08)]
    public void The_total_of_a_density_with_a_pole_is_1(double concentration)
    {
        using var scope = NewDisposeScope();
        Assert.All(DistributionCheck.Run(Steep(concentration), 5000, 0, 1e-6, TestContext.Current.CancellationToken), row => Assert.True(row.Passed, $"{row.Check}: {row.Reason}"));
    }

    [Fact]
    public void The_quantiles_of_0_and_1_are_the_outer_bounds()
    {
        using var scope = NewDisposeScope();
        // The first component's CDF underflows far above its bound.
        var mixture = new MixtureSameFamily(Weights, new Weibull(tensor([1.0, 2.0]), tensor([300.0, 1.0])));
        Assert.Equal([0, double.PositiveInfinity], ManagedValues.ToDoubles(mixture.Icdf(tensor([0.0, 1.0]), TestContext.Current.CancellationToken)));
        var uniform = new MixtureSameFamily(Weights, new Uniform(tensor([0.0, 0.5]), tensor([1.0, 2.0])));
        Assert.Equal([0, 2], ManagedValues.ToDoubles(uniform.Icdf(tensor([0.0, 1.0]), TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData(0.1, 0.3)]
    [InlineData(-2.0, 0.5)]
    [InlineData(0.1, -0.3)]
    public void Quantiles_on_a_grid_are_values_of_the_grid(double loc, double scale)
    {
        using var scope = NewDisposeScope();
        Tensor start = tensor(loc).requires_grad_();
        var mixture = new MixtureSameFamily(Weights, new TransformedDistribution(new Poisson(tensor([3.0, 6.0])), [new AffineTransform(start, tensor(scale))]));
        double[] levels = [0.01, 0.1, 0.3, 0.5, 0.9, 0.999];
        Tensor quantiles = mixture.Icdf(tensor(levels), TestContext.Current.CancellationToken);
        double[] found = ManagedValues.ToDoubles(quantiles);
        for (int i = 0; i < levels.Length; i++) Assert.Equal(loc + scale * Count(scale > 0 ? levels[i] : 1 - levels[i], scale > 0), found[i], 1e-14);
        Assert.All(ManagedValues.ToDoubles(mixture.LogProb(quantiles)), log => Assert.True(double.IsFinite(log)));
        Assert.All(ManagedValues.ToDoubles(mixture.Cdf(quantiles)).Zip(levels), pair => Assert.True(pair.First >= pair.Second));
        quantiles.sum().backward();
        Assert.Equal(levels.Length, start.grad!.item<double>());
    }

    [Fact]
    public void A_transformed_mixture_on_a_grid_has_values_and_quantiles_there()
    {
        using var scope = NewDisposeScope();
        var mixture = new MixtureSameFamily(Weights, new TransformedDistribution(new Poisson(tensor([3.0, 6.0])), [new AffineTransform(0.1, 0.3)]));
        var doubled = new TransformedDistribution(mixture, [new AffineTransform(0.0, 2.0)]);
        // 2 (0.1 + 0.3 · 3): a count of 3.
        Assert.Equal(2.0, doubled.Icdf(tensor(0.3), TestContext.Current.CancellationToken).item<double>(), 1e-14);
        Assert.Equal(Math.Log(Mass(3)), doubled.LogProb(tensor(2.0)).item<double>(), 1e-13);
        Assert.Equal(Math.Log(Mass(3)), doubled.LogProb(tensor(2.0 + 1e-9)).item<double>(), 1e-13);
        Assert.Equal(double.NegativeInfinity, doubled.LogProb(tensor(2.1)).item<double>());
    }

    [Fact]
    public void Probabilities_do_not_exceed_1()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        for (int i = 0; i < 200; i++)
        {
            double[] weights = [.. Enumerable.Range(0, 3 + i % 10).Select(_ => random.NextDouble())];
            var mixture = new MixtureSameFamily(new Categorical(tensor(weights)), new Normal(zeros(weights.Length, ScalarType.Float64), tensor(1.0)));
            Assert.Equal(1, mixture.Cdf(tensor(50.0)).item<double>(), 1e-14);
            Assert.False(mixture.Cdf(tensor(50.0)).item<double>() > 1);
            Assert.False(mixture.Survival(tensor(-50.0)).item<double>() > 1);
        }
    }

    private static double Mass(int count)
    {
        double factorial = Enumerable.Range(1, count).Aggregate(1.0, (product, k) => product * k);
        return (0.3 * Math.Pow(3, count) * Math.Exp(-3) + 0.7 * Math.Pow(6, count) * Math.Exp(-6)) / factorial;
    }

    // The smallest count whose CDF reaches a level; or, of a falling map, the largest count that is reached from above.
    private static int Count(double level, bool rises)
    {
        double sum = 0;
        for (int count = 0; ; count++)
        {
            sum += Mass(count);
            if (rises ? sum >= level : sum > level) return count;
        }
    }
}
