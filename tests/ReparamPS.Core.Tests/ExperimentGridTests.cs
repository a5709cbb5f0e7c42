using CsCheck;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;

namespace ReparamPS.Core.Tests;

public sealed class ExperimentGridTests
{
    [Fact]
    public void The_last_axis_varies_fastest()
    {
        ExperimentRow[] rows = [.. ExperimentGrid.Combine([new("B", [1, 2]), new("A", ["x", "y", "z"])])];
        Assert.Equal(["B", "A"], rows[0].Columns);
        Assert.Equal(["1x", "1y", "1z", "2x", "2y", "2z"], rows.Select(row => $"{row["B"]}{row["A"]}"));
    }

    [Fact]
    public void Every_combination_is_there_once() => Gen.Int[1, 4].Array[1, 5].Sample(sizes =>
    {
        GridAxis[] axes = [.. sizes.Select((size, i) => new GridAxis("a" + i, [.. Enumerable.Range(0, size).Select(value => (object?)value)]))];
        string[] points = [.. ExperimentGrid.Combine(axes).Select(row => string.Join(",", row.Values))];
        Assert.Equal(sizes.Aggregate(1, (product, size) => product * size), points.Length);
        Assert.Equal(points.Length, points.Distinct().Count());
        Assert.Equal(points.Order(StringComparer.Ordinal), points);
    });

    [Fact]
    public void Seeds_start_where_they_are_told_to() =>
        Assert.Equal([5L, 6L, 7L], ExperimentGrid.Combine([ExperimentGrid.Seeds(3, 5)]).Select(row => row["Seed"]));

    [Fact]
    public void Bad_axes_are_errors_that_name_them()
    {
        Assert.Contains("Beta", Assert.Throws<ArgumentException>(() => ExperimentGrid.Combine([new("Beta", [])])).Message, StringComparison.Ordinal);
        Assert.Contains("seed", Assert.Throws<ArgumentException>(() => ExperimentGrid.Combine([new("Seed", [1]), new("seed", [2])])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ExperimentGrid.Combine([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExperimentGrid.Seeds(0, 0));
    }
}
