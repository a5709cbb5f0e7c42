using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests;

public sealed class TextChartTests
{
    [Fact]
    public void A_line_is_drawn_within_its_size_between_the_ticks_of_its_ends()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Width = 40, Height = 9, Title = "Title" });
        Assert.Equal("Title", lines[0]);
        Assert.Equal(12, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 40));
        Assert.StartsWith("100 ┤", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("*", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("  0 ┤*", lines[9], StringComparison.Ordinal);
        Assert.Equal(11, lines.Sum(line => line.Count(character => character == '*')));
    }

    [Fact]
    public void Several_lines_have_markers_of_their_own_and_a_legend()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y", "Z"], Width = 50, Height = 10 });
        Assert.EndsWith("* Y   o Z", lines[^1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains('o', StringComparison.Ordinal) && line.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public void Bars_are_as_long_as_their_values_are_large()
    {
        var data = new ChartData();
        foreach ((string name, double value) in new[] { ("a", 1.0), ("b", 2.0), ("a", 3.0), ("c", 0.0) }) data.Add(new ExperimentRow(["N", "V"], [name, value]));
        string[] lines = [.. TextChart.Render(data, new ChartOptions { X = "N", Y = ["V"], Kind = ChartKind.Bar, Width = 30, Height = 10 })];
        int room = lines[0].Count(character => character == '█');
        Assert.Equal([$"a │{new string('█', room)} 2", $"b │{new string('█', room)} 2", "c │ 0"], lines);
    }

    [Fact]
    public void A_histogram_counts_every_value()
    {
        IReadOnlyList<string> lines = TextChart.Render(Line(), new ChartOptions { X = "X", Bins = 2, Width = 40, Height = 10 });
        Assert.Equal(["5", "6"], lines.Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void What_can_not_be_drawn_is_an_error()
    {
        Assert.Throws<ArgumentException>(() => TextChart.Render(new ChartData(), new ChartOptions { X = "X", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Z = "Z", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "Nope", Width = 80, Height = 10 }));
        Assert.Throws<ArgumentException>(() => TextChart.Render(Line(), new ChartOptions { X = "X", Y = ["Y"], Width = 10, Height = 10 }));
    }

    private static ChartData Line()
    {
        var data = new ChartData();
        for (int i = 0; i <= 10; i++) data.Add(new ExperimentRow(["X", "Y", "Z"], [i, i * i, 100 - i]));
        return data;
    }
}
