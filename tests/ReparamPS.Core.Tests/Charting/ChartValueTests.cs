using ReparamPS.Charting;
using ReparamPS.Charting.Html;
using ReparamPS.Data;
using SkiaSharp;

namespace ReparamPS.Core.Tests.Charting;

public sealed class ChartValueTests
{
    private const string Moved = "3 values are drawn as 0: a linear axis cannot show differences below 1e-300.";

    [Theory]
    [InlineData(ChartKind.Line, "X", "V")]
    [InlineData(ChartKind.Scatter, "V", "X")]
    [InlineData(ChartKind.Bar, "X", "V")]
    [InlineData(ChartKind.Histogram, "V", null)]
    [InlineData(ChartKind.ParallelCoordinates, "X", "V")]
    public void Numbers_that_a_linear_axis_cannot_tell_apart_are_drawn_at_one_place_with_a_warning(ChartKind kind, string x, string? y)
    {
        foreach (double unit in new[] { 1e-308, 3e-324, 1e-302 })
        {
            ChartData data = Rows(1 * unit, 2 * unit, 3 * unit);
            var options = new ChartOptions { X = x, Y = y is null ? [] : [y], Kind = kind };
            (byte[] png, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options);
            Assert.Equal([Moved], warnings);
            Assert.Equal([Moved], PlotlyFigure.Of(data, options).Warnings);
            if (kind != ChartKind.ParallelCoordinates) Assert.Equal([Moved], TextChart.Warnings(data, options with { Width = 80, Height = 10 }));
            Assert.Contains("0", Texts(ChartWriter.Render(data, options, svg: true).Picture));
            // A bar of height 0 shows nothing.
            if (kind is ChartKind.Line or ChartKind.Scatter or ChartKind.Histogram) Assert.InRange(CountBlue(png), 50, int.MaxValue);
        }
    }

    [Theory, InlineData(1e-299), InlineData(1e-290), InlineData(-1e-250)]
    public void Numbers_that_a_linear_axis_can_tell_apart_are_drawn_to_scale(double unit)
    {
        ChartData data = Rows(1 * unit, 2 * unit, 3 * unit);
        foreach (ChartOptions options in new ChartOptions[] { new() { X = "X", Y = ["V"] }, new() { X = "V", Y = ["X"] }, new() { X = "X", Y = ["V"], Kind = ChartKind.Bar }, new() { X = "V", Density = true } })
        {
            (byte[] png, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options);
            Assert.Empty(warnings);
            Assert.InRange(CountBlue(png), 500, int.MaxValue);
        }
        Assert.Contains(ChartText.Number(2 * unit), Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["V"] }, svg: true).Picture));
        Assert.InRange(CountBlue(ChartWriter.Render(Rows(unit, unit), new ChartOptions { X = "X", Y = ["V"] }).Picture), 50, int.MaxValue);
    }

    [Fact]
    public void Tiny_numbers_are_drawn_to_scale_on_a_logarithmic_axis_and_beside_others()
    {
        ChartOptions options = new() { X = "X", Y = ["V"], LogY = true };
        (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(Rows(1e-310, 1e-305, 1e-301), options, svg: true);
        Assert.Empty(warnings);
        Assert.Contains("10⁻³⁰⁵", Texts(svg));
        Assert.Empty(ChartWriter.Render(Rows(1e-310, 1e-305, 1), options with { LogY = false }).Warnings);
        Assert.Equal(["1e-310", "1e-301"], ParallelAxis.Of("V", [1e-310, 1e-301], "Y").Ticks().Select(tick => tick.Label));
        ChartData data = Rows(1e-310, 2e-310, 1, 2);
        Assert.Empty(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["V"], Facet = "P" }).Warnings);
    }

    [Fact]
    public void A_color_bar_of_tiny_numbers_has_labels()
    {
        (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(Rows(1e-308, 2e-308, 3e-308), new ChartOptions { X = "X", Y = ["P"], Z = "V" }, svg: true);
        Assert.Equal([Moved], warnings);
        Assert.Contains("0.4", Texts(svg));
    }

    // The standard error of 1 and 3 is 1, and scales with them; their squares would vanish.
    [Theory, InlineData(1e-120), InlineData(1e-200), InlineData(1e-290), InlineData(1e250)]
    public void Bands_of_very_small_and_large_numbers_are_as_wide_as_others(double unit)
    {
        var data = new ChartData();
        foreach (double value in new[] { 1.0, 3.0 }) data.Add(new ExperimentRow(["X", "V"], [1, value * unit]));
        var plan = new ChartPlan(data, new ChartOptions { X = "X", Y = ["V"], Band = ChartBand.StandardError });
        ChartSeries series = Assert.Single(plan.Series(data));
        Assert.Equal((1.0, 2.0, 3.0), (Math.Round(series.Low![0] / unit, 12), Math.Round(series.Y[0] / unit, 12), Math.Round(series.High![0] / unit, 12)));
    }

    [Theory, InlineData(1e-120), InlineData(1e-290), InlineData(1e250)]
    public void The_density_of_very_small_and_large_numbers_has_an_area_of_one(double unit)
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (i + 0.5) / 1000) * unit)];
        double[] density = Histogram.Density(values, [.. Enumerable.Range(0, 1001).Select(i => (-5 + i * 0.01) * unit)]);
        Assert.Equal(1, density.Sum(height => height * unit) * 0.01, 1e-3);
        Assert.Equal(1 / Math.Sqrt(2 * Math.PI), density[500] * unit, 0.02);
    }

    [Theory, InlineData(ChartKind.Line), InlineData(ChartKind.Bar), InlineData(ChartKind.Histogram), InlineData(ChartKind.HeatMap), InlineData(ChartKind.ParallelCoordinates)]
    public void A_TimeSpan_is_drawn_as_its_seconds_with_the_unit(ChartKind kind)
    {
        var data = new ChartData();
        foreach (int seconds in new[] { 90, 10, 30 }) data.Add(new ExperimentRow(["Elapsed", "Loss"], [TimeSpan.FromSeconds(seconds), TimeSpan.FromMinutes(1.0 / seconds)]));
        var options = new ChartOptions { X = "Elapsed", Y = kind == ChartKind.Histogram ? [] : ["Loss"], Z = kind == ChartKind.HeatMap ? "Loss" : null, Kind = kind };
        (byte[] svg, IReadOnlyList<string> warnings) = ChartWriter.Render(data, options, svg: true);
        Assert.Empty(warnings);
        string[] texts = Texts(svg);
        Assert.Contains("Elapsed (s)", texts);
        if (kind != ChartKind.Histogram) Assert.Contains("Loss (s)", texts);
        Assert.Contains("Elapsed (s)", PlotlyFigure.Of(data, options).Layout.ToJsonString(), StringComparison.Ordinal);
        if (kind == ChartKind.Line) Assert.Equal([10, 30, 90], new ChartPlan(data, options).Series(data).Single().X);
        if (kind == ChartKind.Line) Assert.Contains("Elapsed (s)", TextChart.Render(data, options with { Width = 80, Height = 10 })[^1], StringComparison.Ordinal);
        Assert.Contains("Elapsed (s) = 90", Texts(ChartWriter.Render(data, new ChartOptions { X = "Loss", Y = ["Loss"], Facet = "Elapsed" }, svg: true).Picture));
    }

    [Fact]
    public void Dates_with_text_or_numbers_among_them_are_drawn_as_categories_with_a_warning()
    {
        string Warning(params object[] cells)
        {
            var data = new ChartData();
            foreach (object cell in cells) data.Add(new ExperimentRow(["X", "Y"], [cell, data.Count]));
            return Assert.Single(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"] }).Warnings);
        }
        DateTime date = new(2026, 1, 1);
        Assert.Equal("Column 'X' holds numbers in 1 of 3 rows and dates in 2, so its values are drawn as categories. To draw them to scale, use only numbers or only dates.", Warning(date, "5", date.AddDays(1)));
        Assert.Equal("Column 'X' holds text in 1 of 3 rows, such as 'NA', so its values are drawn as categories. To draw them to scale, leave out this row.", Warning(date, "NA", date.AddDays(1)));
    }

    [Fact]
    public void Moments_of_all_kinds_are_drawn_at_the_local_time()
    {
        DateTime noon = new(2026, 7, 1, 12, 0, 0, DateTimeKind.Local);
        object[] same = [noon, DateTime.SpecifyKind(noon, DateTimeKind.Unspecified), noon.ToUniversalTime(), new DateTimeOffset(noon), new DateTimeOffset(noon).ToOffset(TimeSpan.FromHours(5))];
        Assert.All(same, moment => Assert.Equal(noon, ChartScale.Read(moment)));
        Assert.All(same, moment => Assert.Equal("2026-07-01 12:00:00", ChartScale.Name(moment)));
    }

    private static ChartData Rows(params double[] values)
    {
        var data = new ChartData();
        foreach (double value in values) data.Add(new ExperimentRow(["X", "V", "P"], [data.Count + 0.5, value, data.Count / 2]));
        return data;
    }

    private static string[] Texts(byte[] svg) => [.. SvgTexts.Read(svg).Select(text => text.Text)];

    private static int CountBlue(byte[] png)
    {
        using SKBitmap bitmap = SKBitmap.Decode(png);
        return bitmap.Pixels.Count(color => color.Blue > color.Red + 60);
    }

    // 2^53 and 2^60, beyond which a double is not exact for each integer; a decimal number with 25 digits; text, as of Import-Csv.
    [Theory]
    [InlineData("638000000000000001", "638000000000000002")]
    [InlineData("638000000000000000", "638000000000000001")]
    [InlineData("9007199254740992", "9007199254740993")]
    [InlineData("1152921504606846976", "1152921504606846977")]
    [InlineData("-9007199254740993", "-9007199254740992")]
    [InlineData("18446744073709551614", "18446744073709551615")]
    [InlineData("0.1234567890123456789012345", "0.1234567890123456789012346")]
    public void Long_numbers_are_categories_of_their_own(string first, string second)
    {
        foreach (Func<string, object> read in new Func<string, object>[] { ExperimentValue.Parse, text => text, text => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) })
        {
            var data = new ChartData();
            foreach (string id in new[] { second, first, second }) data.Add(new ExperimentRow(["Id", "X", "Y"], [read(id), 1, 2.0]));
            ChartScale scale = ChartScale.Of(data.Cells("Id", "X"), logarithmic: false, categories: true, "Id");
            Assert.Equal([first, second], scale.Labels);
            Assert.Equal([1.0, 0, 1], data.Cells("Id", "X").Select(scale.Place));
            Assert.Equal([1, 2], ChartGroup.Of(data, ["Id"]).Select(group => group.Rows.Count));
            Assert.Equal(2, ChartGroup.Of(data, ["Id"]).Select(group => group.Name).Distinct().Count());
            // An axis of numbers has doubles.
            Assert.Equal(ScaleKind.Number, ChartScale.Of(data.Cells("Id", "X"), logarithmic: false, categories: false, "Id").Kind);
        }
    }

    [Fact]
    public void Numbers_of_several_types_that_are_equal_are_one_category()
    {
        object[] cells = [0.1, 0.1m, "0.1", 1L, 1.0, 1m, 1UL, Math.Pow(2, 60), 1L << 60, decimal.MaxValue, 1e30, double.PositiveInfinity];
        Assert.Equal(["0.1", "1", "1152921504606846976", "79228162514264337593543950335", "1e30", "Infinity"], ChartScale.Of(cells, logarithmic: false, categories: true, "X").Labels.Select(label => label == "∞" ? "Infinity" : label));
    }
}
