using System.Globalization;
using ReparamPS.Numerics.Points;

namespace ReparamPS.Core.Tests;

public sealed class SobolCoordinateTests
{
    // scipy.stats.qmc.Sobol(21, scramble=False).random(4096)[index] * 2**32, SciPy 1.10.
    public static TheoryData<int, long[]> FarPoints => new()
    {
        { 5, [3758096384, 3758096384, 536870912, 1610612736, 3758096384, 2684354560, 3758096384, 1610612736, 1610612736, 536870912, 1610612736, 3758096384, 3758096384, 536870912, 3758096384, 1610612736, 3758096384, 1610612736, 1610612736, 2684354560, 2684354560] },
        { 1000, [943718400, 415236096, 2227175424, 2906652672, 1203765248, 3896508416, 197132288, 3862953984, 2151677952, 297795584, 364904448, 1094713344, 692060160, 1648361472, 616562688, 1589641216, 3091202048, 1480589312, 4257218560, 3116367872, 2243952640] },
        { 4095, [1048576, 4042260480, 1435500544, 3872391168, 4038066176, 338690048, 4077912064, 1678770176, 823132160, 1058013184, 2446327808, 1380974592, 1584398336, 2232418304, 2366636032, 1789919232, 267386880, 2616197120, 3492806656, 2238709760, 969932800] },
    };

    public static TheoryData<int, int, double> NearPoints() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "gradients", "sobol.csv")).Skip(2).Select(line => line.Split(','))
            .Select(fields => new TheoryDataRow<int, int, double>(int.Parse(fields[0], CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), double.Parse(fields[2], CultureInfo.InvariantCulture)))];

    [Theory, MemberData(nameof(FarPoints))]
    public void Points_of_21_dimensions_are_those_of_SciPy(int index, long[] expected) =>
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(dimension => Cell(new SobolCoordinate(dimension), index)));

    [Theory, MemberData(nameof(NearPoints))]
    public void Points_of_512_dimensions_are_those_of_SciPy(int dimension, int index, double expected) =>
        Assert.Equal(expected * (1L << 32), Cell(new SobolCoordinate(dimension), index));

    [Fact]
    public void Scrambled_points_are_one_in_each_of_256_strips_of_every_axis()
    {
        var random = new Random(3);
        for (int dimension = 0; dimension < SobolCoordinate.MaxDimensions; dimension++)
            Assert.Equal(Enumerable.Range(0, 256), Points(Scrambled(dimension, random), 256).Select(point => (int)(point * 256)).Order());
    }

    [Fact]
    public void Scrambled_points_of_the_first_two_dimensions_are_one_in_each_box_of_every_dyadic_grid()
    {
        var random = new Random(4);
        double[] x = Points(Scrambled(0, random), 256), y = Points(Scrambled(1, random), 256);
        for (int columns = 1; columns <= 256; columns *= 2)
        {
            int rows = 256 / columns;
            Assert.Equal(Enumerable.Range(0, 256), x.Zip(y, (left, right) => (int)(left * columns) * rows + (int)(right * rows)).Order());
        }
    }

    [Fact]
    public void Each_scrambled_point_is_uniform()
    {
        // 4 standard errors of the mean of 10,000 uniform numbers: the third point of as many scramblings.
        var random = new Random(5);
        double mean = Enumerable.Range(0, 10_000).Average(_ => Points(Scrambled(7, random), 3)[2]);
        Assert.InRange(mean, 0.5 - 4 * Math.Sqrt(1 / 12.0 / 10_000), 0.5 + 4 * Math.Sqrt(1 / 12.0 / 10_000));
    }

    private static SobolCoordinate Scrambled(int dimension, Random random) => new(dimension, () => (uint)random.NextInt64(1L << 32));

    private static double[] Points(SobolCoordinate coordinate, int count) => [.. Enumerable.Range(0, count).Select(_ => coordinate.Next())];

    private static long Cell(SobolCoordinate coordinate, int index) => (long)(Points(coordinate, index + 1)[index] * (1L << 32));
}
