using ReparamPS.Charting;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

public sealed class ChartAxisTests
{
    [Fact]
    public void Values_that_are_not_drawn_are_counted_in_one_warning_and_keep_their_category_and_legend_entry()
    {
        ChartData data = Rows(("a", 1.0, "full"), ("b", 2.0, "full"), ("c", double.NaN, "full"), ("d", double.PositiveInfinity, "full"), ("e", null, "empty"));
        (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], GroupBy = ["G"], Kind = ChartKind.Bar }, svg: true);
        Assert.Equal(["3 values are not drawn: 1 missing, 1 NaN, 1 infinite."], warnings);
        Assert.Superset(new HashSet<string> { "a", "b", "c", "d", "e", "full", "empty" }, Texts(svg).ToHashSet());
    }

    [Fact]
    public void A_mean_that_a_logarithmic_axis_cannot_show_is_counted_once()
    {
        ChartData data = Rows(("a", -1.0, "g"), ("a", -3.0, "g"), ("b", -1.0, "g"), ("b", 5.0, "g"));
        Assert.Equal(["1 value is not drawn: 1 not positive on a logarithmic axis."], ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar, LogY = true }).Warnings);
    }

    [Theory, InlineData(ChartKind.Line), InlineData(ChartKind.Scatter), InlineData(ChartKind.Histogram)]
    public void Dates_are_shown_as_dates(ChartKind kind)
    {
        var data = new ChartData();
        for (int i = 0; i < 30; i++) data.Add(new ExperimentRow(["X", "Y"], [i % 2 == 0 ? new DateTime(2026, 1, 1).AddDays(i) : new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(i), i]));
        string[] texts = Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = kind == ChartKind.Histogram ? [] : ["Y"], Kind = kind }, svg: true).Picture);
        Assert.True(texts.Count(text => text.StartsWith("2026-01-", StringComparison.Ordinal)) >= 3, string.Join(' ', texts));
    }

    [Fact]
    public void Dates_are_vertical_too_and_a_second_is_told_from_the_next()
    {
        var data = new ChartData();
        for (int i = 0; i < 8; i++) data.Add(new ExperimentRow(["X", "Y"], [i, new DateTime(2026, 1, 1, 12, 0, 0).AddSeconds(0.25 * i)]));
        string[] texts = [.. Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"] }, svg: true).Picture).Where(text => text.StartsWith("12:00", StringComparison.Ordinal))];
        Assert.InRange(texts.Length, 2, 20);
        Assert.Equal(texts.Distinct(), texts);
    }

    [Fact]
    public void Bars_of_whole_numbers_are_centred_on_them()
    {
        Assert.Equal([-0.5, 0.5, 1.5, 2.5, 3.5], Histogram.Edges([0, 1, 1, 3], null, wholeNumbers: true));
        // Wider bins hold equally many whole numbers each.
        double[] edges = Histogram.Edges([.. Enumerable.Range(0, 1000).Select(i => (double)i)], null, wholeNumbers: true);
        Assert.All(edges.Zip(edges.Skip(1)), pair => Assert.Equal(Math.Floor(pair.Second - pair.First), pair.Second - pair.First));
        Assert.Equal(-0.5, edges[0]);
        Assert.True(edges[^1] >= 999.5);
    }

    [Fact]
    public void Long_labels_lose_their_middle_and_a_legend_counts_the_entries_that_have_no_room()
    {
        (ChartData data, ChartOptions options) = AwkwardCharts.Make("ScatterGroups", "ManyClasses");
        Assert.Contains(Texts(ChartWriter.Render(data, options, svg: true).Picture), text => text.StartsWith("… and ", StringComparison.Ordinal));
        (data, options) = AwkwardCharts.Make("Bar", "LongLabels");
        string[] texts = Texts(ChartWriter.Render(data, options, svg: true).Picture);
        for (int i = 0; i < 9; i++) Assert.Contains(texts, text => text.StartsWith("category", StringComparison.Ordinal) && text.Contains('…') && text.EndsWith($"{i}", StringComparison.Ordinal));
    }

    internal static string[] Texts(byte[] svg) => [.. SvgTexts.Read(svg).Select(text => text.Text)];

    private static ChartData Rows(params (string X, double? Y, string Group)[] rows)
    {
        var data = new ChartData();
        foreach ((string x, double? y, string group) in rows) data.Add(new ExperimentRow(["X", "Y", "G"], [x, y, group]));
        return data;
    }
}
