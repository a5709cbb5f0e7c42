using System.Text;
using System.Xml.Linq;
using ReparamPS.Charting;
using ReparamPS.Charting.Html;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

public sealed class ChartPanelTests
{
    [Fact]
    public void The_colors_of_a_heat_map_span_the_cells_of_all_panels()
    {
        ChartData data = Rows((1, 0, "a"), (1, 100, "b"));
        ChartOptions options = new() { X = "X", Y = ["G"], Z = "Y", Facet = "P" };
        JsonTrace[] traces = Traces(data, options);
        Assert.All(traces, trace => Assert.Equal((0, 100), (trace.Number("zmin"), trace.Number("zmax"))));
        using ChartPanel panel = new HeatMapRenderer(data, options, new ChartFonts()).Draw(data.Rows([0]));
        Assert.Equal(new ScottPlot.Range(0, 100), panel.Plot.GetPlottables<ScottPlot.Plottables.Heatmap>().Single().ManualRange);
        Assert.Superset(new HashSet<string> { "0", "20", "40", "60", "80", "100" }, Texts(ChartWriter.Render(data, options, svg: true).Picture).ToHashSet());
    }

    [Theory, InlineData(double.NaN), InlineData(null)]
    public void A_panel_of_a_heat_map_without_a_number_is_empty(double? nothing)
    {
        ChartData data = Rows((1, nothing, "a"), (1, 3, "b"));
        ChartOptions options = new() { X = "X", Y = ["G"], Z = "Y", Facet = "P" };
        string[] warnings = [nothing is null ? "1 value is not drawn, because it is missing." : "1 value is not drawn, because it is NaN."];
        (byte[] svg, IReadOnlyList<string> told) = ChartWriter.Render(data, options, svg: true);
        Assert.Equal(warnings, told);
        Assert.Superset(new HashSet<string> { "a", "b" }, Texts(svg).ToHashSet());
        Assert.Equal(warnings, ChartWriter.Render(data, options).Warnings);
        Assert.Equal(warnings, PlotlyFigure.Of(data, options).Warnings);
    }

    [Fact]
    public void Means_that_a_logarithmic_axis_cannot_show_are_counted_in_each_panel()
    {
        ChartData data = Rows((1, -1, "a"), (1, 5, "b"));
        Assert.Equal(["1 value is not drawn, because it is not positive on a logarithmic axis."], ChartWriter.Render(data, new ChartOptions { X = "X", Y = ["Y"], Kind = ChartKind.Bar, LogY = true, Facet = "P" }).Warnings);
    }

    // Their common mean is one large number.
    [Fact]
    public void Axes_show_the_means_of_each_panel()
    {
        ChartData data = Rows((1, 1e7, "a"), (1, 3e7, "b"));
        ChartOptions options = new() { X = "X", Y = ["Y"], Band = ChartBand.MinMax, Facet = "P" };
        var renderer = new ChartRenderer(data, options, new ChartFonts());
        using ChartPanel first = renderer.Draw(data.Rows([0])), second = renderer.Draw(data.Rows([1]));
        ChartWriter.SetLimits([first, second]);
        Assert.InRange(first.Plot.Axes.GetLimits().Bottom, 0, 1e7);
        Assert.InRange(first.Plot.Axes.GetLimits().Top, 3e7, 4e7);
        Assert.Null(PlotlyFigure.Of(data, options).Layout["yaxis"]!["range"]);
    }

    // A number's name has the digits that tell it from others, which one panel may lack.
    [Theory, InlineData(ChartKind.Line), InlineData(ChartKind.ParallelCoordinates)]
    public void A_group_has_the_same_name_in_every_panel(ChartKind kind)
    {
        var data = new ChartData();
        foreach ((double group, string panel) in new[] { (1.0000001, "a"), (1.0000002, "a"), (1.0000002, "b") })
        {
            for (int x = 0; x < 3; x++) data.Add(new ExperimentRow(["X", "Y", "G", "P"], [x, x * group, group, panel]));
        }
        ChartOptions options = new() { X = "X", Y = ["Y"], GroupBy = ["G"], Facet = "P", Kind = kind };
        Assert.Superset(new HashSet<string> { "G = 1.0000001", "G = 1.0000002" }, Texts(ChartWriter.Render(data, options, svg: true).Picture).ToHashSet());
        Assert.Equal(["G = 1.0000001", "G = 1.0000002", "G = 1.0000002"], Traces(data, options).Select(trace => trace.Text("name")));
        Assert.Equal(["0", "1", "1"], Traces(data, options).Select(trace => trace.Text("legendgroup")));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(5, true)]
    [InlineData(9, true)]
    [InlineData(12, false)]
    [InlineData(17, false)]
    [InlineData(30, true)]
    [InlineData(36, false)]
    public void A_picture_that_may_grow_has_240_pixels_for_each_row_of_panels(int count, bool framed)
    {
        var data = new ChartData();
        for (int panel = 0; panel < count; panel++)
        {
            for (int x = 0; x < 2; x++) data.Add(new ExperimentRow(["X", "Y", "G", "P"], [x, x + panel, $"a long name of a series {x}", $"panel {panel}"]));
        }
        ChartOptions options = new() { X = "X", Y = ["Y"], Facet = "P", GroupBy = framed ? ["G"] : [], Title = framed ? "A title" : null, GrowsWithPanels = true };
        byte[] svg = ChartWriter.Render(data, options, svg: true).Picture;
        int rows = SvgTexts.Read(svg).Where(text => text.Text.StartsWith("panel ", StringComparison.Ordinal)).Select(text => (int)Math.Round(text.Corners[0].Y / 10)).Distinct().Count();
        Assert.Equal(Math.Max(600, 240 * rows), (int)XDocument.Parse(Encoding.UTF8.GetString(svg)).Root!.Attribute("height")!);
        Assert.Equal(Math.Max(600, 240 * Traces(data, options).Select(trace => trace.Row).Distinct().Count()), PlotlyFigure.Of(data, options).Height);
        Assert.Equal("900", XDocument.Parse(Encoding.UTF8.GetString(ChartWriter.Render(data, options with { Height = 900, GrowsWithPanels = false }, svg: true).Picture)).Root!.Attribute("height")!.Value);
    }

    [Fact]
    public void A_missing_column_of_panels_is_named_as_the_facet() =>
        Assert.StartsWith("Facet: the rows have no column 'Q'", Assert.Throws<ArgumentException>(() => ChartWriter.Render(Rows((1, 1, "a")), new ChartOptions { X = "X", Y = ["Y"], Facet = "Q" })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_column_that_the_panels_do_not_use_may_hold_anything()
    {
        var data = new ChartData();
        // The last column is empty in the first row, as one that comes later.
        data.Add(new ExperimentRow(["X", "Y", "P"], [1, TimeSpan.FromSeconds(90), "a"]));
        data.Add(new ExperimentRow(["X", "Y", "P", "Other"], [2, TimeSpan.FromSeconds(60), "b", new object[] { 1, 2 }]));
        data.Add(new ExperimentRow(["X", "Y", "P"], [3, TimeSpan.FromSeconds(30), "b"]));
        ChartOptions options = new() { X = "X", Y = ["Y"], Facet = "P" };
        Assert.Superset(new HashSet<string> { "a", "b", "Y (s)" }, Texts(ChartWriter.Render(data, options, svg: true).Picture).ToHashSet());
        Assert.Equal(["[90]", "[60,30]"], Traces(data, options).Select(trace => trace.Trace["y"]!.ToJsonString()));
        Assert.Contains("Other", Assert.Throws<ArgumentException>(() => ChartWriter.Render(data, options with { Y = ["Other"] })).Message, StringComparison.Ordinal);
    }

    private static ChartData Rows(params (double X, double? Y, string P)[] rows)
    {
        var data = new ChartData();
        foreach ((double x, double? y, string p) in rows) data.Add(new ExperimentRow(["X", "Y", "G", "P"], [x, y, 0, p]));
        return data;
    }

    private static string[] Texts(byte[] svg) => [.. SvgTexts.Read(svg).Select(text => text.Text)];

    private static JsonTrace[] Traces(ChartData data, ChartOptions options)
    {
        PlotlyFigure figure = PlotlyFigure.Of(data, options);
        return [.. figure.Traces.Select(trace => new JsonTrace(trace!, figure.Layout))];
    }

    private sealed record JsonTrace(System.Text.Json.Nodes.JsonNode Trace, System.Text.Json.Nodes.JsonObject Layout)
    {
        // Where the row of its panel starts.
        public double Row => Layout["yaxis" + Text("yaxis")[1..]]!["domain"]![0]!.GetValue<double>();

        public double Number(string name) => Trace[name]!.GetValue<double>();

        public string Text(string name) => Trace[name]!.GetValue<string>();
    }
}
