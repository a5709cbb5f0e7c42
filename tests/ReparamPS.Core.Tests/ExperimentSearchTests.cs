using System.Globalization;
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
        Assert.StartsWith("rate: the setting occurs twice, also as Rate; upper and lower case count as equal. Rename or remove one of them.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => ExperimentSearch.Points([axes[0], axes[0]], SearchStrategy.Random, 1));
        Assert.StartsWith("Rate: the setting occurs twice. Rename or remove one of them.", error.Message, StringComparison.Ordinal);
    }

    // From 2^53 on, a double is not exact for each integer.
    [Theory]
    [InlineData(9007199254740992, 9007199254740999)]
    [InlineData(-9007199254740992, 0)]
    [InlineData(9223372036854775806, 9223372036854775807)]
    public void A_range_of_integers_that_doubles_do_not_hold_is_refused(long low, long high)
    {
        string message = Assert.Throws<ArgumentException>(() => SearchAxis.OfRange("A", low, high, logarithmic: false, whole: true)).Message;
        Assert.StartsWith($"A: Min and Max of a range of integers must be from -9007199254740991 to 9007199254740991; got Min = {((double)low).ToString(CultureInfo.InvariantCulture)} and Max = ", message, StringComparison.Ordinal);
        var widest = SearchAxis.OfRange("A", -9007199254740991, 9007199254740991, logarithmic: false, whole: true);
        Assert.Equal([-9007199254740991, 0L, 9007199254740991], new[] { 0, 0.5, 1 }.Select(u => (long)widest.At(u)!));
    }

    [Theory]
    [InlineData(0.5, 0.1, false, "Rate: Min must be less than Max, and both must be finite; got Min = 0.5 and Max = 0.1.")]
    [InlineData(0.5, double.PositiveInfinity, false, "Rate: Min must be less than Max, and both must be finite; got Min = 0.5 and Max = Infinity.")]
    [InlineData(-0.5, 0.1, true, "Rate: Min must be positive with Log; got -0.5. Raise Min, or leave out Log.")]
    public void The_ends_of_a_range_that_is_refused_are_shown_as_they_are_typed_in_any_culture(double low, double high, bool logarithmic, string message)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => SearchAxis.OfRange("Rate", low, high, logarithmic, whole: false)).Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_range_as_wide_as_all_doubles_is_uniform()
    {
        var axis = SearchAxis.OfRange("A", -1e308, 1e308, logarithmic: false, whole: false);
        foreach (double u in new[] { 0.125, 0.25, 0.5, 0.75 }) Assert.Equal(2 * u - 1, (double)axis.At(u)! / 1e308, 1e-12);
    }
}
