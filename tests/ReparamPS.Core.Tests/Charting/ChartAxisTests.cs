using System.Globalization;
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
        Assert.Equal(["1 value is not drawn, because it is not positive on a logarithmic axis."], ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar, LogY = true }).Warnings);
    }

    [Theory, InlineData("Plain"), InlineData("Groups"), InlineData("Facet"), InlineData("Band")]
    public void Bars_of_negative_values_start_at_zero(string kind)
    {
        ChartData data = Rows([.. Enumerable.Range(1, 12).Select(i => ($"c{i % 4}", (double?)(-100 - i), $"g{i % 3}"))]);
        var options = new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar };
        options = kind switch { "Groups" => options with { GroupBy = ["G"] }, "Facet" => options with { Facet = "G" }, "Band" => options with { Band = ChartBand.MinMax }, _ => options };
        ScottPlot.AxisLimits limits = Limits(data, options);
        Assert.Equal(0, limits.Top);
        Assert.InRange(limits.Bottom, -130, kind == "Band" ? -112.5 : -108);
        Assert.Contains("0", Texts(ChartWriter.Render(data, options, svg: true).Picture));
    }

    [Fact]
    public void An_error_bar_that_crosses_zero_ends_before_the_axis()
    {
        ChartData data = Rows(("a", 30.0, "g"), ("a", -20.0, "g"));
        ScottPlot.AxisLimits limits = Limits(data, new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar, Band = ChartBand.MinMax });
        Assert.InRange(limits.Bottom, -25, -21);
        Assert.InRange(limits.Top, 31, 35);
    }

    [Fact]
    public void Bars_of_all_panels_start_at_the_same_place_of_a_logarithmic_axis()
    {
        ChartData data = Rows(("a", 0.002, "small"), ("a", 300.0, "large")), part = Rows(("a", 300.0, "large"));
        var options = new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar, LogY = true, Facet = "G" };
        using ChartPanel panel = new ChartRenderer(data, options, new ChartFonts()).Draw(part);
        Assert.Equal(-3, panel.Plot.Axes.GetLimits().Bottom);
        Assert.Equal(-3, panel.Plot.GetPlottables<ScottPlot.Plottables.BarPlot>().Single().Bars.Single().ValueBase);
    }

    [Fact]
    public void Bins_of_all_groups_start_at_the_same_place_of_a_logarithmic_axis()
    {
        ChartData data = Rows([.. Enumerable.Range(0, 50).Select(i => ($"c{i}", (double?)(i % 7 + 0.5), i % 10 == 0 ? "few" : "many"))]);
        var options = new ChartOptions { X = "Y", GroupBy = ["G"], LogY = true, Density = true };
        using ChartPanel panel = new ChartRenderer(data, options, new ChartFonts()).Draw(data);
        Assert.Single(panel.Plot.GetPlottables<ScottPlot.Plottables.BarPlot>().SelectMany(bars => bars.Bars).Select(bar => bar.ValueBase).Distinct());
    }

    [Fact]
    public void A_histogram_of_a_single_date_has_a_bin_of_one_day()
    {
        foreach (DateTime date in new[] { new DateTime(2026, 1, 1), DateTime.MaxValue })
        {
            var data = new ChartData();
            data.Add(new ExperimentRow(["D"], [date]));
            var options = new ChartOptions { X = "D" };
            double[] edges = new ChartPlan(data, options).Edges;
            Assert.Equal(1, edges[^1] - edges[0]);
            Assert.NotEmpty(ChartWriter.Render(data, options).Picture);
            Assert.NotEmpty(ReparamPS.Charting.Html.PageWriter.Render(new ReportPage("", [new ChartBlock(data, options)])).Html);
        }
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

    [Theory, InlineData("Bar"), InlineData("HeatMap"), InlineData("ParallelCoordinates"), InlineData("Groups"), InlineData("Facets")]
    public void Names_of_numbers_in_a_narrow_range_differ(string kind)
    {
        var data = new ChartData();
        for (int k = 1; k <= 4; k++) data.Add(new ExperimentRow(["X", "Y", "Z"], [1234567 + 0.1 * k, k, 7654321 + 0.1 * k]));
        var options = new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar };
        options = kind switch
        {
            "Bar" => options,
            "HeatMap" => options with { Z = "Z", Kind = ChartKind.HeatMap },
            "ParallelCoordinates" => options with { Kind = ChartKind.ParallelCoordinates },
            "Groups" => options with { X = "Y", GroupBy = ["X"] },
            _ => options with { X = "Y", Facet = "X" },
        };
        HashSet<string> texts = [.. Texts(ChartWriter.Render(data, options, svg: true).Picture)];
        Assert.Superset(new HashSet<string> { "1234567.1", "1234567.2", "1234567.3", "1234567.4" }, texts.Select(text => text.Replace("X = ", "", StringComparison.Ordinal)).ToHashSet());
        if (kind == "HeatMap") Assert.Superset(new HashSet<string> { "7654321.1", "7654321.2", "7654321.3", "7654321.4" }, texts);
    }

    [Theory, InlineData("Line"), InlineData("Bar"), InlineData("Histogram"), InlineData("HeatMap"), InlineData("ParallelCoordinates")]
    public void Numbers_whose_differences_overflow_are_not_drawn_and_counted(string kind)
    {
        var data = new ChartData();
        foreach (double value in new[] { 1e308, -1e308, 1e300, -1e300, 5 }) data.Add(new ExperimentRow(["N", "V"], [data.Count, value]));
        var options = new ChartOptions { X = kind == "Histogram" ? "V" : "N", Y = kind == "Histogram" ? [] : kind == "HeatMap" ? ["N"] : ["V"], Z = kind == "HeatMap" ? "V" : null, Kind = Enum.Parse<ChartKind>(kind), Band = kind is "Line" or "Bar" ? ChartBand.StandardError : ChartBand.None };
        (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options, svg: true);
        Assert.Equal(["2 values are not drawn, because they are beyond ±1e300 on a linear axis."], warnings);
        string[] texts = Texts(svg);
        Assert.DoesNotContain(texts, text => text.Contains("NaN", StringComparison.Ordinal) || text.Contains("Infinity", StringComparison.Ordinal));
        if (kind != "Histogram") Assert.Superset(new HashSet<string> { "-1e300", "1e300" }, texts.ToHashSet());
    }

    [Fact]
    public void A_band_around_large_numbers_has_their_standard_error()
    {
        var data = new ChartData();
        for (int k = 1; k <= 4; k++) data.Add(new ExperimentRow(["N", "V"], [1, k * 1e299]));
        var options = new ChartOptions { X = "N", Y = ["V"], Kind = ChartKind.Bar, Band = ChartBand.StandardError };
        ChartSeries series = new ChartPlan(data, options).Series(data).Single();
        // The standard error of 1, 2, 3 and 4 is √(5/12).
        Assert.Equal((2.5 - Math.Sqrt(5.0 / 12)) * 1e299, series.Low![0], 1e286);
        Assert.Equal((2.5 + Math.Sqrt(5.0 / 12)) * 1e299, series.High![0], 1e286);
        // Silverman's bandwidth grows with the numbers, so the density shrinks.
        double[] small = Histogram.Density([1, 2, 3, 4, 9], [2, 5]), large = Histogram.Density([1e250, 2e250, 3e250, 4e250, 9e250], [2e250, 5e250]);
        Assert.Equal(small, large.Select(height => height * 1e250), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    // The first number, the step and the number of points.
    public static TheoryData<double, double, int> NarrowRanges => new()
    {
        { 1e15, 0, 3 }, { 1e16, 0, 3 }, { -1e16, 0, 3 }, { 1e17, 0, 1 }, { 638396640000000000, 0, 1 }, { 1e299, 0, 2 }, { 1, 1e-15, 10 }, { 1e17, 16, 10 }, { -1e17, 16, 3 }, { 1e10, 1, 3 }, { 5e9, 1e9, 10 }, { 1e6, 1e-7, 10 }, { 1e-20, 1e-35, 10 },
        { 9.999999999999995, 1e-15, 10 },
    };

    [Theory, MemberData(nameof(NarrowRanges))]
    public void Numbers_that_are_large_or_nearly_equal_lie_on_an_axis_whose_labels_differ(double first, double step, int count)
    {
        var data = new ChartData();
        for (int k = 0; k < count; k++) data.Add(new ExperimentRow(["N", "V"], [k + 100, first + k * step]));
        double last = first + (count - 1) * step;
        foreach ((string x, string y) in new[] { ("N", "V"), ("V", "N") })
        {
            var options = new ChartOptions { X = x, Y = [y] };
            (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options, svg: true);
            Assert.Empty(warnings);
            Assert.Empty(SvgTexts.Faults(svg, options.Width, options.Height));
            ScottPlot.AxisLimits limits = DrawnLimits(data, options);
            (double low, double high) = y == "V" ? (limits.Bottom, limits.Top) : (limits.Left, limits.Right);
            // No finer than the doubles that the numbers are, and not so coarse that the line would look flat.
            Assert.InRange(low, double.NegativeInfinity, first);
            Assert.InRange(high, last, double.PositiveInfinity);
            Assert.True(low < high && (step is 0 or 16 || high - low < 1.5 * (last - first)), $"{low:R} … {high:R}");
            double[] labels = [.. Texts(svg).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double label) ? label : double.NaN).Where(label => label >= low && label <= high)];
            Assert.InRange(labels.Length, 2, 16);
            Assert.Equal(labels.Length, labels.Distinct().Count());
        }
    }

    // The labels of an axis were as many as fit into the memory.
    [Theory]
    [InlineData(0.9999999999999999, 1, false)]
    [InlineData(0.9999999999999999, 1, true)]
    [InlineData(1, 1.0000000000000002, false)]
    [InlineData(1, 1.000000000000001, true)]
    [InlineData(1000, 1000.0000000000023, false)]
    [InlineData(0.0001000000000000005, 0.0001, true)]
    [InlineData(1, 1.00000001, false)]
    public void Numbers_next_to_each_other_have_a_few_different_labels_on_a_logarithmic_axis(double first, double second, bool isHorizontal)
    {
        var data = new ChartData();
        foreach (double value in new[] { first, second }) data.Add(new ExperimentRow(["N", "V"], [data.Count + 100, value]));
        var line = new ChartOptions { X = isHorizontal ? "V" : "N", Y = [isHorizontal ? "N" : "V"], LogX = isHorizontal, LogY = !isHorizontal };
        var histogram = new ChartOptions { X = "V", LogX = true };
        foreach (ChartOptions options in new[] { line, histogram })
        {
            (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options, svg: true);
            Assert.Empty(warnings);
            Assert.InRange(Texts(svg).Length, 1, 40);
            ChartWriter.Render(data, options);
            Assert.NotEmpty(ReparamPS.Charting.Html.PlotlyFigure.Of(data, options).Traces);
        }
        double margin = Math.Abs(second - first);
        double[] labels = [.. Texts(ChartWriter.Render(data, line, svg: true).Picture).Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double label) ? label : double.NaN)
            .Where(label => label >= Math.Min(first, second) - margin && label <= Math.Max(first, second) + margin)];
        Assert.InRange(labels.Length, 2, 16);
        Assert.Equal(labels.Length, labels.Distinct().Count());
    }

    [Fact]
    public void Labels_of_a_narrow_range_are_round_numbers()
    {
        string[] Labels(double low, double high) => Array.ConvertAll(FineTicks.Of(new ScottPlot.CoordinateRange(low, high)), tick => tick.Label);
        Assert.Equal(["1", "1.000000000000002", "1.000000000000004", "1.000000000000006", "1.000000000000008", "1.00000000000001"], Labels(1, 1 + 1.01e-14));
        Assert.Equal(["1e17", "1.0000000000000002e17", "1.0000000000000004e17", "1.0000000000000006e17", "1.0000000000000008e17", "1.000000000000001e17"], Labels(1e17, 1e17 + 112));
        Assert.Equal(["-2e-20", "-1.9999999999998e-20", "-1.9999999999996e-20"], Labels(-2e-20, -1.99999999999955e-20).Where((_, i) => i % 2 == 0));
        Assert.Equal("1000000.00000014", ChartText.Number(1e6 + 1.4e-7, 1e-7));
    }

    [Theory, InlineData(1e17), InlineData(-1e17), InlineData(3.0)]
    public void The_color_bar_of_equal_numbers_shows_their_number(double value)
    {
        var data = new ChartData();
        for (int k = 0; k < 4; k++) data.Add(new ExperimentRow(["A", "B", "Z"], [k / 2, k % 2, value]));
        foreach (ChartKind kind in new[] { ChartKind.HeatMap, ChartKind.ParallelCoordinates })
        {
            string[] texts = Texts(ChartWriter.Render(data, new ChartOptions { X = "A", Y = ["B"], Z = "Z", Kind = kind, Width = 900, Height = 500 }, svg: true).Picture);
            Assert.Contains(ChartText.Number(value), texts);
            Assert.True(texts.Count(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double label) && label != value && Math.Abs(label - value) <= Math.Max(1, Math.Abs(value) / 100)) >= 2, string.Join(' ', texts));
        }
    }

    private static ScottPlot.AxisLimits DrawnLimits(ChartData data, ChartOptions options)
    {
        using ChartPanel panel = new ChartRenderer(data, options, new ChartFonts()).Draw(data);
        ChartWriter.SetLimits([panel]);
        return panel.Plot.Axes.GetLimits();
    }

    private static ScottPlot.AxisLimits Limits(ChartData data, ChartOptions options)
    {
        using ChartPanel panel = new ChartRenderer(data, options, new ChartFonts()).Draw(data);
        return panel.Plot.Axes.GetLimits();
    }

    internal static string[] Texts(byte[] svg) => [.. SvgTexts.Read(svg).Select(text => text.Text)];

    private static ChartData Rows(params (string X, double? Y, string Group)[] rows)
    {
        var data = new ChartData();
        foreach ((string x, double? y, string group) in rows) data.Add(new ExperimentRow(["X", "Y", "G"], [x, y, group]));
        return data;
    }
}
