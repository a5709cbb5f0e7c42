using ReparamPS.Distributions;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.Vae.Posteriors;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Vae;

/// <summary>Draws of posteriors from noise made ahead: they follow their distribution, have its gradients, and are the same on the ways of another device.</summary>
public sealed class PosteriorDrawTests
{
    private const int Count = 40_000;

    [Theory, InlineData(0.03), InlineData(0.3), InlineData(0.999), InlineData(1), InlineData(1.7), InlineData(40)]
    public void Gamma_draws_follow_the_CDF(double concentration)
    {
        using var scope = NewDisposeScope();
        var gamma = new Gamma(full([1], concentration, ScalarType.Float64), full([1], 2.5, ScalarType.Float64));
        AssertFollows(Draw(new GammaSampler(1), gamma, ScalarType.Float64), gamma);
    }

    [Theory, InlineData(0.2, 0.3), InlineData(1, 1), InlineData(0.7, 6), InlineData(30, 12)]
    public void Beta_draws_follow_the_CDF(double a, double b)
    {
        using var scope = NewDisposeScope();
        var beta = new Beta(full([1], a, ScalarType.Float64), full([1], b, ScalarType.Float64));
        AssertFollows(Draw(new BetaSampler(1), beta, ScalarType.Float64), beta);
    }

    [Theory, InlineData(2, 1.01), InlineData(2, 300), InlineData(3, 4), InlineData(5, 1.5), InlineData(20, 60)]
    public void Heights_on_the_sphere_follow_their_density(int size, double concentration)
    {
        using var scope = NewDisposeScope();
        double[] direction = [.. Enumerable.Range(0, size).Select(i => i == 0 ? 1.0 : 0)];
        var sphere = new VonMisesFisher(tensor(direction).unsqueeze(0), full([1], concentration, ScalarType.Float64));
        Tensor draws = Draw(new SphereSampler(size), sphere, ScalarType.Float64);
        Assert.Equal(1, draws.square().sum(-1).min().item<double>(), 1e-12);
        // The CDF of the angle by the trapezoidal rule.
        const int Steps = 20_000;
        double[] angles = [.. Enumerable.Range(0, Steps + 1).Select(i => Math.PI * i / Steps)];
        double[] density = [.. angles.Select(s => Math.Exp(concentration * (Math.Cos(s) - 1)) * Math.Pow(Math.Sin(s), size - 2))], cdf = new double[Steps + 1];
        for (int i = 1; i <= Steps; i++) cdf[i] = cdf[i - 1] + density[i - 1] + density[i];
        double[] levels = [.. ManagedValues.ToDoubles(draws.select(-1, 0)).Select(w => Level(Math.Acos(Math.Clamp(w, -1, 1))))];
        AssertUniform(levels);

        double Level(double angle)
        {
            double at = angle / Math.PI * Steps;
            int low = Math.Min((int)at, Steps - 1);
            return (cdf[low] + (at - low) * (cdf[low + 1] - cdf[low])) / cdf[^1];
        }
    }

    [Theory, InlineData("Gamma"), InlineData("Beta"), InlineData("VonMisesFisher")]
    public void Draws_and_gradients_are_the_same_on_the_ways_of_another_device(string name)
    {
        using var scope = NewDisposeScope();
        using var random = new RandomSource(8);
        var posterior = new CatalogPosterior(name, 4, 0.5);
        Tensor raw = random.Normal([50, posterior.StatisticsSize], ScalarType.Float64).mul_(2), noise = posterior.Noise([3, 50], ScalarType.Float64, random), weights = random.Normal([3, 50, 4], ScalarType.Float64);
        (double[] Draws, double[] Gradients) Run()
        {
            Tensor statistics = raw.detach().clone().requires_grad_(true), draws = posterior.Draw(statistics, noise);
            (draws * weights).sum().backward();
            return (ManagedValues.ToDoubles(draws), ManagedValues.ToDoubles(statistics.grad!));
        }
        (double[] Draws, double[] Gradients) expected = Run(), actual;
        using (HostMemory.Hide()) actual = Run();
        Assert.All(expected.Draws.Zip(actual.Draws), pair => Assert.Equal(pair.First, pair.Second, 1e-12 * (1 + Math.Abs(pair.First))));
        Assert.All(expected.Gradients.Zip(actual.Gradients), pair => Assert.Equal(pair.First, pair.Second, 1e-8 * (1 + Math.Abs(pair.First))));
        // Draws that are kept off the edge of the support have none.
        Assert.True(actual.Gradients.Count(value => value != 0) > 0.8 * actual.Gradients.Length);
    }

    // E z = a / r, E z² = a (a + 1) / r², and d E z / dr = −a / r².
    [Theory, InlineData(false), InlineData(true)]
    public void The_mean_gradient_of_gamma_draws_is_that_of_the_moments(bool isHidden)
    {
        using var scope = NewDisposeScope();
        using IDisposable? hidden = isHidden ? HostMemory.Hide() : null;
        const double A = 0.8, R = 1.6;
        Tensor a = full([1], A, ScalarType.Float64).requires_grad_(true), r = full([1], R, ScalarType.Float64).requires_grad_(true);
        Tensor draws = Draw(new GammaSampler(1), new Gamma(a, r), ScalarType.Float64);
        draws.square().mean().backward();
        // The standard errors of the means are below 0.02.
        Assert.Equal((2 * A + 1) / (R * R), a.grad!.item<double>(), 0.1);
        Assert.Equal(-2 * A * (A + 1) / Math.Pow(R, 3), r.grad!.item<double>(), 0.1);
    }

    // E μᵀx is the derivative of the logarithm of the normalizer; its own derivative is the variance of the height.
    [Theory, InlineData(false), InlineData(true)]
    public void The_mean_gradient_of_draws_on_the_sphere_is_the_variance_of_the_height(bool isHidden)
    {
        using var scope = NewDisposeScope();
        using IDisposable? hidden = isHidden ? HostMemory.Hide() : null;
        Tensor direction = tensor(new[] { 0.0, 0, 0, 1 }).unsqueeze(0), k = full([1], 3.0, ScalarType.Float64).requires_grad_(true);
        var sphere = new VonMisesFisher(direction, k);
        Tensor draws = Draw(new SphereSampler(4), sphere, ScalarType.Float64);
        draws.select(-1, 3).mean().backward();
        Tensor height = 1 - draws.detach().select(-1, 3);
        Assert.Equal(height.var().item<double>(), k.grad!.item<double>(), 0.01);
    }

    private static Tensor Draw(PosteriorSampler sampler, Distribution distribution, ScalarType dtype)
    {
        using var random = new RandomSource(11);
        return sampler.Draw(distribution, sampler.Noise([Count, 1], dtype, random));
    }

    private static void AssertFollows(Tensor draws, Distribution distribution) => AssertUniform(ManagedValues.ToDoubles(distribution.Cdf(draws)));

    private static void AssertUniform(double[] levels)
    {
        double[] sorted = [.. levels.Order()];
        double pValue = TestStatistics.KolmogorovPValue(TestStatistics.KolmogorovDistance(sorted), sorted.Length);
        Assert.True(pValue > 1e-4, $"p = {pValue:G3}");
    }
}
