using System.Text;
using System.Xml.Linq;
using ReparamPS.Charting;
using ReparamPS.Data;
using SkiaSharp;

namespace ReparamPS.Core.Tests;

public sealed class ChartTests
{
    private static readonly string[] Columns = ["Epoch", "Loss", "Rate", "Name", "When"];

    public static TheoryData<string> Kinds => ["Line", "Scatter", "Bar", "Histogram", "HeatMap", "Band", "Facet", "Density", "Logs", "Dates", "Names", "Parallel"];

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_is_a_picture_of_the_size_asked_for_with_text_and_the_colors_of_its_series(string kind)
    {
        ChartOptions options = Options(kind) with { Title = "A title", Width = 640, Height = 400 };
        (byte[] png, _) = ChartWriter.Render(Data(), options);
        using SKBitmap bitmap = SKBitmap.Decode(png);
        Assert.Equal((640, 400), (bitmap.Width, bitmap.Height));
        Assert.True(CountPixels(bitmap, new SKRectI(200, 0, 440, 45), color => color.Red < 128) > 50, "The title is not to be seen.");
        if (kind != "HeatMap") Assert.True(CountPixels(bitmap, bitmap.Info.Rect, IsBlue) > 20, "The first series is not to be seen.");

        string[] texts = Texts(ChartWriter.Render(Data(), options, svg: true).Picture);
        Assert.Contains("A title", texts);
        Assert.Contains(options.X, texts);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void No_pixel_is_transparent_no_rectangle_unfilled_and_nothing_is_drawn_twice(string kind)
    {
        ChartOptions options = Options(kind) with { Title = "A title", Width = 640, Height = 400 };
        using SKBitmap bitmap = SKBitmap.Decode(ChartWriter.Render(Data(), options).Picture);
        Assert.Equal(0, CountPixels(bitmap, bitmap.Info.Rect, color => color.Alpha < 255));
        XNamespace svg = "http://www.w3.org/2000/svg";
        var picture = XDocument.Parse(Encoding.UTF8.GetString(ChartWriter.Render(Data(), options, svg: true).Picture));
        Assert.DoesNotContain(picture.Descendants(svg + "rect"), rectangle => rectangle.Attribute("fill") is null && rectangle.Parent!.Name != svg + "clipPath");
        string[] texts = [.. picture.Descendants(svg + "text").Select(text => string.Join('|', text.Ancestors().Attributes("transform").Select(place => place.Value)) + text)];
        Assert.Equal(texts.Distinct().Count(), texts.Length);
    }

    [Fact]
    public void Labels_of_an_axis_differ_however_narrow_its_range()
    {
        var data = new ChartData();
        for (int k = 0; k < 8; k++) data.Add(new ExperimentRow(["X", "Y"], [k, 1234567 + 0.25 * k]));
        string[] labels = [.. Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"] }, svg: true).Picture).Where(text => text.StartsWith("123456", StringComparison.Ordinal))];
        Assert.InRange(labels.Length, 3, 20);
        Assert.Equal(labels.Distinct(), labels);
    }

    [Fact]
    public void A_logarithmic_axis_over_a_narrow_range_has_ticks()
    {
        var data = new ChartData();
        for (int k = 0; k < 8; k++) data.Add(new ExperimentRow(["X", "Y"], [k, 101 + 0.5 * k]));
        string[] labels = [.. Texts(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], LogY = true }, svg: true).Picture).Where(text => text.StartsWith("10", StringComparison.Ordinal))];
        Assert.InRange(labels.Length, 3, 20);
        Assert.Equal(labels.Distinct(), labels);
    }

    [Fact]
    public void Parallel_axes_tell_their_ends_and_a_row_crosses_them_at_its_values()
    {
        var data = new ChartData();
        data.Add(new ExperimentRow(["Rate", "Size", "Loss"], [0.001, "small", 5.0]));
        data.Add(new ExperimentRow(["Rate", "Size", "Loss"], [1.0, "large", 9.0]));
        var options = new ChartOptions { X = "Rate", Y = ["Size", "Loss"], Kind = ChartKind.ParallelCoordinates, Width = 800, Height = 400 };
        string[] texts = Texts(ChartWriter.Render(data, options, svg: true).Picture);
        Assert.Superset(new HashSet<string> { "Rate", "Size", "Loss", "0.001", "1", "small", "large", "5", "9" }, texts.ToHashSet());
        for (int i = 0; i < 10; i++) data.Add(new ExperimentRow(["Rate", "Size", "Loss"], [Math.Pow(10, -3 + i / 5.0), "small", 6.0]));
        // Many values of two decades and more have ticks at equal ratios: the middle of 0.001 and 1 is 0.0316.
        Assert.Contains(Texts(ChartWriter.Render(data, options, svg: true).Picture), text => text.StartsWith("0.031", StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, options with { Y = ["Nope"] }));
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, options with { LogY = true }));
        // The first axis is that of X.
        Assert.StartsWith("X: the rows have no column 'Rat'; they have Rate, Size, Loss.", Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, options with { X = "Rat" })).Message, StringComparison.Ordinal);
        var empty = new ChartData();
        empty.Add(new ExperimentRow(["Rate", "Loss"], [double.NaN, 1.0]));
        foreach ((string x, string y, string parameter) in new[] { ("Rate", "Loss", "X"), ("Loss", "Rate", "Y") })
            Assert.StartsWith($"{parameter}: column 'Rate' holds no values to draw.", Assert.Throws<ArgumentException>(() => ChartWriter.Render(empty, options with { X = x, Y = [y] })).Message, StringComparison.Ordinal);
        Assert.Contains("Z must name a column of numbers; column 'Size' holds 'small'.", Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, options with { Z = "Size" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parallel_axis_of_many_whole_numbers_has_whole_ticks()
    {
        ParallelAxis axis = ParallelAxis.Of("Size", [.. Enumerable.Range(10, 22).Cast<object?>()], "Y");
        Assert.Equal(["10", "15", "20", "26", "31"], axis.Ticks().Select(tick => tick.Label));
        Assert.Equal(5.0 / 21, axis.Ticks().ElementAt(1).Height, 1e-12);
        Assert.Equal("15.75", ParallelAxis.Of("Size", [.. Enumerable.Range(0, 22).Select(i => (object?)(10.5 + i))], "Y").Ticks().ElementAt(1).Label);
    }

    [Fact]
    public void The_legend_names_the_groups_and_stands_beside_the_data()
    {
        ChartOptions options = Options("Line");
        Assert.Superset(new HashSet<string> { "Rate = 0.1", "Rate = 0.5", "Epoch", "Loss" }, Texts(ChartWriter.Render(Data(), options, svg: true).Picture).ToHashSet());
        using SKBitmap bitmap = SKBitmap.Decode(ChartWriter.Render(Data(), options).Picture);
        int[] blue = [.. Enumerable.Range(0, bitmap.Width).Where(x => CountPixels(bitmap, new SKRectI(x, 0, x + 1, bitmap.Height), IsBlue) > 0)];
        Assert.Contains(blue.Zip(blue.Skip(1)), pair => pair.Second - pair.First > 20);
    }

    [Fact]
    public void Rows_of_text_are_drawn_as_the_numbers_they_are()
    {
        var text = new ChartData();
        foreach (string value in new[] { "10", "9", "1.5e1" }) text.Add(new ExperimentRow(["X", "Y"], [value, value]));
        string[] texts = Texts(ChartWriter.Render(text, new ChartOptions { X = "X", Y = ["Y"] }, svg: true).Picture);
        Assert.Contains("12", texts);
    }

    [Fact]
    public void A_gap_is_left_where_a_value_is_not_a_number()
    {
        var data = new ChartData();
        for (int i = 0; i <= 100; i++) data.Add(new ExperimentRow(["X", "Y"], [i, i is > 40 and < 60 ? double.NaN : 1.0]));
        using SKBitmap bitmap = SKBitmap.Decode(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"] }).Picture);
        int[] blue = [.. Enumerable.Range(0, bitmap.Width).Where(x => CountPixels(bitmap, new SKRectI(x, 0, x + 1, bitmap.Height), IsBlue) > 0)];
        int gap = blue.Zip(blue.Skip(1), (a, b) => b - a).Max();
        Assert.InRange(gap, (blue[^1] - blue[0]) * 0.18, (blue[^1] - blue[0]) * 0.22);
    }

    [Fact]
    public void Values_that_a_logarithmic_axis_cannot_show_are_told_of()
    {
        var data = new ChartData();
        foreach (double value in new[] { 1.0, 0, -1, 10 }) data.Add(new ExperimentRow(["X", "Y"], [value + 5, value]));
        Assert.Equal(["2 values are not drawn, because they are not positive on a logarithmic axis."], ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], LogY = true }).Warnings);
    }

    [Fact]
    public void A_missing_column_is_an_error_that_lists_those_there_are()
    {
        foreach (ChartOptions options in new[]
        {
            new ChartOptions { X = "Nope" }, new ChartOptions { X = "Epoch", Y = ["Nope"] }, new ChartOptions { X = "Epoch", Y = ["Loss"], GroupBy = ["Nope"] },
            new ChartOptions { X = "Epoch", Y = ["Loss"], Z = "Nope" }, new ChartOptions { X = "Epoch", Y = ["Loss"], Facet = "Nope" },
        })
        {
            var error = Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), options));
            Assert.Contains("'Nope'; they have Epoch, Loss, Rate, Name, When", error.Message, StringComparison.Ordinal);
        }
        var empty = new ChartData();
        empty.Add(new ExperimentRow([], []));
        Assert.StartsWith("X: the rows have no column 'Nope'; they have none.", Assert.Throws<ArgumentException>(() => ChartWriter.Render(empty, new ChartOptions { X = "Nope" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_the_kind_of_chart_would_ignore_is_an_error()
    {
        ChartOptions line = new() { X = "Epoch", Y = ["Loss"] }, scatter = line with { Kind = ChartKind.Scatter }, parallel = line with { Kind = ChartKind.ParallelCoordinates };
        ChartOptions heatMap = new() { X = "Epoch", Y = ["Rate"], Z = "Loss" };
        foreach ((ChartOptions options, string start) in new[]
        {
            (line with { Bins = 5 }, "Bins applies only to charts of kind Histogram; got kind Line."),
            (line with { Density = true }, "Density applies only to charts of kind Histogram; got kind Line."),
            (line with { Kind = ChartKind.Bar, LogX = true }, "LogX applies only to charts of kind Line, Scatter or Histogram; got kind Bar."),
            (scatter with { Band = ChartBand.MinMax }, "Band applies only to charts of kind Line or Bar; got kind Scatter."),
            (scatter with { Z = "Loss" }, "Z applies only to charts of kind HeatMap or ParallelCoordinates; got kind Scatter."),
            (heatMap with { GroupBy = ["Rate"] }, "GroupBy applies only to charts of kind Line, Scatter, Bar, Histogram or ParallelCoordinates; got kind HeatMap."),
            (parallel with { XLabel = "x" }, "XLabel applies only to charts of kind Line, Scatter, Bar, Histogram or HeatMap; got kind ParallelCoordinates."),
            (parallel with { YLabel = "y" }, "YLabel applies only to charts of kind Line, Scatter, Bar, Histogram or HeatMap; got kind ParallelCoordinates."),
        })
        {
            Assert.StartsWith(start, Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), options)).Message, StringComparison.Ordinal);
        }
        ChartOptions text = line with { Width = 80, Height = 10 };
        Assert.StartsWith("Bins applies", Assert.Throws<ArgumentException>(() => TextChart.Render(Data(), text with { Bins = 5 })).Message, StringComparison.Ordinal);
        Assert.StartsWith("Y: a histogram uses only X.", Assert.Throws<ArgumentException>(() => TextChart.Render(Data(), text with { Kind = ChartKind.Histogram })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_can_not_be_drawn_is_an_error()
    {
        Assert.StartsWith("Y must name exactly one column for a heat map, its vertical axis; got 2: Rate, Loss.", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Epoch", Y = ["Rate", "Loss"], Z = "Loss" })).Message, StringComparison.Ordinal);
        Assert.Contains("No rows came from the pipeline", Assert.Throws<ArgumentException>(() => ChartWriter.Render(new ChartData(), new ChartOptions { X = "X" })).Message, StringComparison.Ordinal);
        Assert.Contains("'n0'", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Name" })).Message, StringComparison.Ordinal);
        Assert.Contains("'n0'", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Epoch", Y = ["Name"] })).Message, StringComparison.Ordinal);
        Assert.Contains("logarithmic", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Name", Y = ["Loss"], LogX = true })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Epoch", Y = ["Loss"], Width = 1 }));
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(Data(), new ChartOptions { X = "Epoch", Kind = ChartKind.Line }));
        var nothing = new ChartData();
        nothing.Add(new ExperimentRow(["X", "Y"], [double.NaN, 1.0]));
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(nothing, new ChartOptions { X = "X", Y = ["Y"] }));
        Assert.Throws<ArgumentException>(() => ChartWriter.Render(nothing, new ChartOptions { X = "X" }));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(60)]
    public void Few_and_many_points_and_series_are_drawn(int count)
    {
        var data = new ChartData();
        for (int i = 0; i < count; i++) data.Add(new ExperimentRow(["X", "Y", "G"], [i, 5.0, i]));
        Assert.NotEmpty(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], GroupBy = ["G"] }).Picture);
        Assert.NotEmpty(ChartWriter.Render(data, new ChartOptions { X = "X" }).Picture);
        Assert.NotEmpty(ChartWriter.Render(data, new ChartOptions { X = "Y", Density = true }).Picture);
        Assert.NotEmpty(ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["G"], Z = "Y" }).Picture);
    }

    [Fact]
    public void Bins_hold_every_value_once_and_the_density_integrates_to_one()
    {
        double[] values = [.. Enumerable.Range(0, 1000).Select(i => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (i + 0.5) / 1000))];
        double[] edges = Histogram.Edges(values, 17);
        Assert.Equal(18, edges.Length);
        Assert.Equal(1000, Histogram.Counts(values, edges).Sum());
        double[] at = [.. Enumerable.Range(0, 1001).Select(i => -5 + i * 0.01)];
        double[] density = Histogram.Density(values, at);
        Assert.Equal(1, density.Sum() * 0.01, 1e-3);
        Assert.Equal(1 / Math.Sqrt(2 * Math.PI), density[500], 0.02);
    }

    // numpy.histogram with the edges 0, 0.1, ... 1; the edges that NumPy computes itself are not 0.3, 0.6 and 0.7.
    [Theory]
    [InlineData(0, 10, 0.1)]
    [InlineData(0.1, 10, 0.1)]
    [InlineData(-0.5, 10, 0.1)]
    [InlineData(1000, 20, 0.05)]
    [InlineData(0, 100, 1e-7)]
    public void A_value_at_an_edge_is_in_the_bin_above_it(double low, int bins, double width)
    {
        double[] values = [.. Enumerable.Range(0, 30 * (bins + 1)).Select(i => (double)((decimal)low + i % (bins + 1) * (decimal)width))];
        Assert.Equal([.. Enumerable.Repeat(30.0, bins - 1), 60], Histogram.Counts(values, Histogram.Edges(values, bins)));
    }

    [Fact]
    public void On_a_logarithmic_axis_a_density_ends_where_the_bars_do()
    {
        var data = new ChartData();
        for (int i = 0; i < 300; i++) data.Add(new ExperimentRow(["X"], [MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (i + 0.5) / 300)]));
        data.Add(new ExperimentRow(["X"], [30.0]));
        var options = new ChartOptions { X = "X", Density = true, LogY = true };
        var plan = new ChartPlan(data, options);
        (_, double[] values, double[] bars) = plan.Histograms(data).Single();
        double floor = plan.HistogramFloor(data.Count);
        double[] heights = plan.DensityOf(values, floor).Heights;
        // Half of one value in a bin.
        Assert.Equal(bars.Where(double.IsFinite).Where(height => height > 0).Min() / 2, floor, 1e-12);
        Assert.InRange(heights.Where(double.IsFinite).Min(), floor, bars.Max());
        Assert.Contains(double.NaN, heights);
        // Ten labels of the axis would otherwise go down to 1e-16.
        Assert.DoesNotContain(Texts(ChartWriter.Render(data, options, svg: true).Picture), text => text.Contains('⁻', StringComparison.Ordinal) || text.Contains("e-", StringComparison.Ordinal));
    }

    private static ChartOptions Options(string kind) => kind switch
    {
        "Line" => new ChartOptions { X = "Epoch", Y = ["Loss"], GroupBy = ["Rate"] },
        "Histogram" => new ChartOptions { X = "Loss", Bins = 12 },
        "HeatMap" => new ChartOptions { X = "Epoch", Y = ["Rate"], Z = "Loss" },
        "Band" => new ChartOptions { X = "Epoch", Y = ["Loss"], Band = ChartBand.StandardError },
        "Facet" => new ChartOptions { X = "Epoch", Y = ["Loss"], Facet = "Rate" },
        "Density" => new ChartOptions { X = "Loss", Density = true, GroupBy = ["Rate"] },
        "Logs" => new ChartOptions { X = "Epoch", Y = ["Loss"], LogX = true, LogY = true },
        "Dates" => new ChartOptions { X = "When", Y = ["Loss"] },
        "Names" => new ChartOptions { X = "Name", Y = ["Loss"] },
        "Parallel" => new ChartOptions { X = "Epoch", Y = ["Name", "Loss"], GroupBy = ["Rate"], Kind = ChartKind.ParallelCoordinates },
        _ => new ChartOptions { X = "Epoch", Y = ["Loss"], GroupBy = ["Rate"], Kind = Enum.Parse<ChartKind>(kind) },
    };

    private static ChartData Data()
    {
        var data = new ChartData();
        for (int i = 0; i < 40; i++)
        {
            double rate = i % 2 == 0 ? 0.1 : 0.5;
            data.Add(new ExperimentRow(Columns, [1 + i / 2, Math.Exp(-rate * i / 2), rate, "n" + i / 10, new DateTime(2026, 1, 1).AddDays(i)]));
        }
        return data;
    }

    private static bool IsBlue(SKColor color) => color.Blue > color.Red + 60 && color.Blue > 140;

    private static int CountPixels(SKBitmap bitmap, SKRectI area, Func<SKColor, bool> predicate)
    {
        int count = 0;
        for (int y = area.Top; y < area.Bottom; y++)
        {
            for (int x = area.Left; x < area.Right; x++) count += predicate(bitmap.GetPixel(x, y)) ? 1 : 0;
        }
        return count;
    }

    private static string[] Texts(byte[] svg) =>
        [.. XDocument.Parse(Encoding.UTF8.GetString(svg)).Descendants().Where(node => node.Name.LocalName == "text").Select(node => node.Value.Trim())];
}
