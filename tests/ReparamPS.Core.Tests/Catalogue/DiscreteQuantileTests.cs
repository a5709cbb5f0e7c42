using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Core.Tests.Catalogue;

/// <summary>The quantile of a CDF's own value is the count at which the CDF has it.</summary>
public sealed class DiscreteQuantileTests
{
    [Fact]
    public void A_category_is_the_quantile_of_its_cumulative_probability()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            double[] weights = [.. Enumerable.Range(0, 3 + i % 20).Select(_ => random.NextDouble())];
            foreach (Categorical categories in new[] { new Categorical(tensor(weights)), new Categorical(logits: tensor(weights).log()) })
            {
                Tensor indices = arange(weights.Length, ScalarType.Float64), cdf = categories.Cdf(indices), survival = categories.Survival(indices);
                Assert.True(cdf.max().item<double>() <= 1);
                Assert.True((cdf + survival - 1).abs().max().item<double>() < 1e-14);
                Assert.Equal(ManagedValues.ToDoubles(indices), ManagedValues.ToDoubles(categories.Icdf(cdf, TestContext.Current.CancellationToken)));
            }
        }
    }

    [Fact]
    public void Rounded_sums_of_weights_are_reached()
    {
        using var scope = NewDisposeScope();
        var categories = new Categorical(full(10, 0.1, ScalarType.Float64));
        Assert.Equal([0, 2, 5, 6, 7, 9], ManagedValues.ToDoubles(categories.Icdf(tensor([0.1, 0.3, 0.6, 0.7, 0.8, 1.0]), TestContext.Current.CancellationToken)));
        Assert.Equal([0, 0, 0.1, 0.5, 1, 1, double.NaN], ManagedValues.ToDoubles(categories.Cdf(tensor([double.NegativeInfinity, -0.5, 0.5, 4, 9, double.PositiveInfinity, double.NaN]))), (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-15);
        // The last category without weight is never reached.
        Assert.Equal([1, 1], ManagedValues.ToDoubles(new Categorical(tensor([0.5, 0.5, 0.0])).Icdf(tensor([0.9, 1.0]), TestContext.Current.CancellationToken)));
    }

    public static TheoryData<string> Kinds() => ["Binomial", "Geometric", "Poisson", "NegativeBinomial", "Categorical", "Bernoulli"];

    [Theory, MemberData(nameof(Kinds))]
    public void A_count_is_the_quantile_of_its_cumulative_probability_in_float32(string kind)
    {
        using var scope = NewDisposeScope();
        Tensor Single(double value) => tensor(value, ScalarType.Float32);
        Distribution distribution = kind switch
        {
            "Binomial" => new Binomial(Single(20), Single(0.37)),
            "Geometric" => new Geometric(Single(0.37)),
            "Poisson" => new Poisson(Single(7)),
            "NegativeBinomial" => new NegativeBinomial(Single(5), Single(0.6)),
            "Bernoulli" => new Bernoulli(Single(0.37)),
            _ => new Categorical((arange(21, ScalarType.Float32) * 7).remainder(5) + 1),
        };
        Tensor counts = arange(kind == "Bernoulli" ? 2 : 21, ScalarType.Float32), cdf = distribution.Cdf(counts);
        // Near 1, neighbouring counts can have the same float32: the quantile is the first of them.
        double[] levels = ManagedValues.ToDoubles(cdf), expected = [.. levels.Select(level => (double)Array.IndexOf(levels, level))];
        // 1 is reached by the largest count only.
        double last = kind switch { "Binomial" or "Categorical" => 20, "Bernoulli" => 1, _ => double.PositiveInfinity };
        expected = [.. expected.Select((count, i) => levels[i] == 1 ? last : count)];
        Assert.Equal(expected, ManagedValues.ToDoubles(distribution.Icdf(cdf, TestContext.Current.CancellationToken)));
        Assert.Equal(0, distribution.Icdf(Single(0), TestContext.Current.CancellationToken).item<float>());
    }
}
