using ReparamPS.Distributions;
using ReparamPS.Numerics;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Draws;

/// <summary>The functions that many draws share: quantiles, and tables of slopes.</summary>
public sealed class ManyDrawsTests
{
    private const int Draws = 20_000;

    // By mpmath at 60 digits.
    [Theory]
    [InlineData(1e-280, -35.78342139466302)]
    [InlineData(1e-100, -21.273453560965326)]
    [InlineData(1e-20, -9.262340089798407)]
    [InlineData(1e-09, -5.9978070150076865)]
    [InlineData(0.001, -3.0902323061678136)]
    [InlineData(0.02, -2.053748910631823)]
    [InlineData(0.0749, -1.4402382675279637)]
    [InlineData(0.0751, -1.43882539275254)]
    [InlineData(0.3, -0.5244005127080408)]
    [InlineData(0.4999999, -2.5066282747031063e-07)]
    [InlineData(0.5, 0.0)]
    [InlineData(0.75, 0.6744897501960817)]
    [InlineData(0.925, 1.4395314709384561)]
    [InlineData(0.93, 1.475791028179171)]
    [InlineData(0.9999, 3.7190164854557084)]
    public void The_normal_quantile_has_15_digits(double probability, double expected)
    {
        double found = NormalQuantile.Of(probability);
        Assert.True(Math.Abs(found - expected) <= 2e-15 * Math.Max(Math.Abs(expected), 0.1), $"{found:R} instead of {expected:R}");
    }

    // In a batch of two equal pairs, each draw's slope is computed by itself.
    [Theory]
    [InlineData(2, 3)]
    [InlineData(0.05, 0.3)]
    [InlineData(0.2, 2000)]
    [InlineData(300, 5000)]
    [InlineData(3e6, 2e7)]
    public void Slopes_of_many_beta_draws_are_those_of_single_draws(double a, double b)
    {
        using var scope = NewDisposeScope();
        (double[] shared, double sharedSum) = Gradient([a], [b], [Draws]);
        (double[] single, double singleSum) = Gradient([a, a], [b, b], [Draws / 2]);
        Assert.Equal(singleSum, sharedSum, 1e-12 * Math.Abs(singleSum));
        for (int i = 0; i < 2; i++) Assert.Equal(single[i], shared[i], 1e-9 * Math.Abs(single[i]));
    }

    private static (double[] Slopes, double Sum) Gradient(double[] a, double[] b, long[] shape)
    {
        using var random = new RandomSource(4);
        Tensor first = tensor(a, ScalarType.Float64).requires_grad_(), second = tensor(b, ScalarType.Float64).requires_grad_();
        Tensor sum = new Beta(first, second).RSample(shape, random).sum();
        sum.backward();
        return ([first.grad!.sum().item<double>(), second.grad!.sum().item<double>()], sum.item<double>());
    }

    // A quantile just above a bound at 0 keeps its relative digits: near 0 it is p times the interval's mass over the density there.
    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-5)]
    [InlineData(1e-3)]
    [InlineData(0.02)]
    [InlineData(0.039)]
    [InlineData(0.041)]
    [InlineData(0.3)]
    public void A_truncated_quantile_and_its_probability_agree_in_relative_terms(double probability)
    {
        using var scope = NewDisposeScope();
        foreach (double low in (double[])[0, -1, -3, 0.4])
        {
            // Moved to a bound at 0, so that the value is the distance from the bound.
            Tensor Number(double value) => tensor(value, ScalarType.Float64);
            var distribution = new TruncatedNormal(Number(-low), Number(1), Number(0), Number(5));
            Tensor value = distribution.Icdf(Number(probability), cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(probability, distribution.Cdf(value).item<double>(), 1e-13 * probability);
        }
    }
}
