using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Sweeps;

namespace ReparamPS.Core.Tests;

public sealed class ExperimentSearchTests
{
    // scipy.stats.qmc.Sobol(21, scramble=False).random(4096)[index] * 2**32, SciPy 1.10.
    public static TheoryData<int, long[]> SciPy => new()
    {
        { 5, [3758096384, 3758096384, 536870912, 1610612736, 3758096384, 2684354560, 3758096384, 1610612736, 1610612736, 536870912, 1610612736, 3758096384, 3758096384, 536870912, 3758096384, 1610612736, 3758096384, 1610612736, 1610612736, 2684354560, 2684354560] },
        { 1000, [943718400, 415236096, 2227175424, 2906652672, 1203765248, 3896508416, 197132288, 3862953984, 2151677952, 297795584, 364904448, 1094713344, 692060160, 1648361472, 616562688, 1589641216, 3091202048, 1480589312, 4257218560, 3116367872, 2243952640] },
        { 4095, [1048576, 4042260480, 1435500544, 3872391168, 4038066176, 338690048, 4077912064, 1678770176, 823132160, 1058013184, 2446327808, 1380974592, 1584398336, 2232418304, 2366636032, 1789919232, 267386880, 2616197120, 3492806656, 2238709760, 969932800] },
    };

    [Theory]
    [MemberData(nameof(SciPy))]
    public void Sobol_points_are_those_of_SciPy(int index, long[] expected)
    {
        var sequence = new SobolSequence(expected.Length);
        for (int i = 0; i < index; i++) sequence.Next();
        Assert.Equal(expected, sequence.Next().Select(coordinate => (long)(coordinate * (1L << 32))));
    }

    [Fact]
    public void A_shifted_Sobol_sequence_still_has_one_point_in_each_of_256_strips_of_every_axis()
    {
        var sequence = new SobolSequence(SobolSequence.MaximumDimensions, seed: 7);
        double[][] points = [.. Enumerable.Range(0, 256).Select(_ => sequence.Next())];
        for (int axis = 0; axis < SobolSequence.MaximumDimensions; axis++)
        {
            Assert.Equal(Enumerable.Range(0, 256), points.Select(point => (int)(point[axis] * 256)).Order());
        }
    }

    [Fact]
    public void An_axis_of_a_distribution_has_its_quantiles()
    {
        using var normal = TorchSharp.torch.NewDisposeScope();
        var axis = SearchAxis.OfDistribution("X", new Normal(TorchSharp.torch.tensor(1.0), TorchSharp.torch.tensor(2.0)));
        Assert.Equal(1.0, axis.At(0.5));
        Assert.Equal(1 + 2 * 1.6448536269514722, (double)axis.At(0.95)!, 12);
    }

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
}
