using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Core.Tests;

public sealed class ExperimentSearchTests
{
    [Fact]
    public void Whole_ranges_reach_both_ends_equally_often()
    {
        var axis = SearchAxis.OfRange("X", 3, 6, logarithmic: false, whole: true);
        Assert.Equal([3L, 3, 4, 4, 5, 5, 6, 6], Enumerable.Range(0, 8).Select(i => (long)axis.At((i + 0.5) / 8)!));
        var decades = SearchAxis.OfRange("X", 1e-4, 1e-1, logarithmic: true, whole: false);
        Assert.Equal(Math.Sqrt(1e-5), (double)decades.At(0.5)!, 12);
    }

    [Theory]
    [InlineData(SearchStrategy.Random)]
    [InlineData(SearchStrategy.Sobol)]
    public void More_points_begin_with_the_fewer_and_seeds_differ(SearchStrategy strategy)
    {
        SearchAxis[] axes = [SearchAxis.OfRange("A", 0, 1, false, false), SearchAxis.OfList("B", ["x", "y", "z"])];
        string[] Take(int count, long seed) => [.. ExperimentSearch.Points(axes, strategy, seed).Take(count).Select(row => string.Join(' ', row.Values.Select(ExperimentValue.Format)))];
        Assert.Equal(Take(4, 1), Take(16, 1)[..4]);
        Assert.NotEqual(Take(4, 1), Take(4, 2));
        Assert.Equal(["x", "y", "z"], ExperimentSearch.Points(axes, strategy, 1).Take(60).Select(row => row["B"]).Distinct().Order());
    }

    [Fact]
    public void Random_points_are_uniform()
    {
        // 4 standard errors of the mean of 10,000 uniform numbers.
        double mean = ExperimentSearch.Points([SearchAxis.OfRange("A", 0, 1, false, false)], SearchStrategy.Random, 3).Take(10_000).Average(row => (double)row["A"]!);
        Assert.InRange(mean, 0.5 - 4 * Math.Sqrt(1 / 12.0 / 10_000), 0.5 + 4 * Math.Sqrt(1 / 12.0 / 10_000));
    }

    [Fact]
    public void A_setting_that_occurs_twice_is_named()
    {
        SearchAxis[] axes = [SearchAxis.OfRange("Rate", 0, 1, false, false), SearchAxis.OfList("B", ["x"]), SearchAxis.OfList("rate", ["y"])];
        var error = Assert.Throws<ArgumentException>(() => ExperimentSearch.Points(axes, SearchStrategy.Random, 1));
        Assert.StartsWith("rate: the setting occurs twice.", error.Message);
    }
}
