using System.Text.Json;
using System.Text.RegularExpressions;
using ReparamPS.Charting;
using ReparamPS.Charting.Html;
using ReparamPS.Data;

namespace ReparamPS.Core.Tests.Charting;

public sealed partial class PageTests : IDisposable
{
    // Reports what happened as attributes, which the dumped document shows.
    private const string Probe = """
        <script>
        (async () => {
          const pause = ms => new Promise(done => setTimeout(done, ms));
          const plot = document.getElementById("chart1"), note = (name, value) => document.body.setAttribute("data-" + name, value);
          for (let i = 0; i < 100 && !plot.hasAttribute("data-drawn"); i++) await pause(100);
          const send = (target, type, x, y) => target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, clientX: x, clientY: y, view: window }));
          Plotly.Fx.hover(plot, [{ curveNumber: 0, pointNumber: 1 }]);
          await pause(300);
          note("hover", [...plot.querySelectorAll(".hoverlayer text")].map(text => text.textContent).join("|"));
          const area = plot.querySelector(".nsewdrag"), box = area.getBoundingClientRect();
          send(area, "mousedown", box.left + 0.2 * box.width, box.top + 0.2 * box.height);
          send(document, "mousemove", box.left + 0.6 * box.width, box.top + 0.6 * box.height);
          send(document, "mouseup", box.left + 0.6 * box.width, box.top + 0.6 * box.height);
          await pause(800);
          note("zoom", plot.layout.xaxis.range.map(end => end.toFixed(2)).join("|"));
          const toggle = plot.querySelector(".legendtoggle"), place = toggle.getBoundingClientRect();
          send(toggle, "mousedown", place.left + 5, place.top + 5);
          send(toggle, "mouseup", place.left + 5, place.top + 5);
          await pause(1500);
          note("toggled", plot.data[0].visible);
          note("attack", window.attacked === true);
        })();
        </script>
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public static TheoryData<string> Kinds => [.. AwkwardCharts.Kinds];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, MemberData(nameof(Kinds))]
    public void Every_chart_is_a_page_with_valid_data_and_no_address_to_load(string kind)
    {
        foreach (string trouble in AwkwardCharts.Troubles)
        {
            (ChartData data, ChartOptions options) = AwkwardCharts.Make(kind, trouble);
            PlotlyFigure figure = PlotlyFigure.Of(data, options);
            Assert.NotEmpty(figure.Traces);
            using JsonDocument traces = JsonDocument.Parse(figure.Traces.ToJsonString());
            // The picture skips the same values.
            Assert.Equal(ChartWriter.Render(data, options with { Width = 600, Height = 600 }).Warnings.Where(warning => !warning.StartsWith("No installed font", StringComparison.Ordinal)), figure.Warnings);
        }
        (ChartData plain, ChartOptions chart) = AwkwardCharts.Make(kind, "Plain");
        string html = PageWriter.Render(new ReportPage("", [new ChartBlock(plain, chart)])).Html;
        Assert.NotEqual(0, Figures(html)[0].GetProperty("data").GetArrayLength());
        Assert.DoesNotMatch(Loads(), html);
    }

    [Fact]
    public void The_browser_draws_every_kind_of_chart()
    {
        SkipWithoutBrowser();
        ChartBlock[] charts = [.. AwkwardCharts.Kinds.SelectMany(kind => new[] { "Plain", "EastAsian", "NaN", "Log" }.Select(trouble => AwkwardCharts.Make(kind, trouble))).Select(chart => new ChartBlock(chart.Data, chart.Options))];
        string path = Path.Combine(folder, "all.html");
        new PageWriter().Save(path, new ReportPage("All", [new HeadingBlock("Charts"), .. charts]), ExistingFile.Refuse);
        string document = Browser.Document(path);
        Assert.Equal(charts.Length, Drawn().Matches(document).Count);
        Assert.Contains("日本語の系列", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_under_the_pointer_a_drag_zooms_and_a_click_in_the_legend_hides_a_series()
    {
        SkipWithoutBrowser();
        var data = new ChartData();
        for (int i = 0; i <= 10; i++) data.Add(new ExperimentRow(["X", "Y", "Z"], [i, i * 2.5, -i]));
        string document = Probed(data, new ChartOptions { X = "X", Y = ["Y", "Z"] });
        Assert.Contains("data-toggled=\"legendonly\"", document, StringComparison.Ordinal);
        Assert.Matches("data-hover=\"[^\"]*2\\.5", document);
        double[] range = [.. Zoom().Match(document).Groups[1].Value.Split('|').Select(end => double.Parse(end, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.InRange(range[1] - range[0], 3, 6);
    }

    [Theory]
    [InlineData(ChartKind.Line)]
    [InlineData(ChartKind.Scatter)]
    [InlineData(ChartKind.Bar)]
    public void A_group_that_the_first_panel_lacks_is_in_the_legend_once(ChartKind kind)
    {
        string[] columns = ["Panel", "Group", "X", "Y"];
        var data = new ChartData();
        foreach ((string panel, string group) in new[] { ("one", "a"), ("two", "a"), ("two", "b"), ("three", "b") })
        {
            for (int x = 0; x < 3; x++) data.Add(new ExperimentRow(columns, [panel, group, x, x + 1.0]));
        }
        PlotlyFigure figure = PlotlyFigure.Of(data, new ChartOptions { Kind = kind, X = "X", Y = ["Y"], GroupBy = ["Group"], Facet = "Panel" });
        Assert.Equal(["a", "b"], figure.Traces.Where(trace => trace!["showlegend"]?.GetValue<bool>() == true).Select(trace => trace!["name"]!.GetValue<string>()));
    }

    // As in a picture: a line between its neighbors does not show it.
    [Fact]
    public void A_point_alone_between_gaps_of_a_long_line_has_a_marker()
    {
        var data = new ChartData();
        for (int i = 0; i < 40; i++) data.Add(new ExperimentRow(["X", "Y", "Z"], [i, i is 9 or 11 or 38 ? double.NaN : i, i]));
        PlotlyFigure figure = PlotlyFigure.Of(data, new ChartOptions { X = "X", Y = ["Y", "Z"] });
        Assert.Equal(["lines+markers", "lines"], figure.Traces.Select(trace => trace!["mode"]!.GetValue<string>()));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i is 10 or 39 ? 6 : 0), figure.Traces[0]!["marker"]!["size"]!.AsArray().Select(size => size!.GetValue<int>()));
        Assert.Null(figure.Traces[1]!["marker"]);
    }

    [Theory, InlineData(ChartKind.Line), InlineData(ChartKind.ParallelCoordinates)]
    public void A_long_name_of_a_group_loses_its_middle(ChartKind kind)
    {
        var data = new ChartData();
        for (int i = 0; i < 4; i++) data.Add(new ExperimentRow(["X", "Y", "G"], [i, i, new string('a', 40) + new string('b', 40) + i % 2]));
        PlotlyFigure figure = PlotlyFigure.Of(data, new ChartOptions { X = "X", Y = ["Y"], GroupBy = ["G"], Kind = kind });
        Assert.Equal([.. new[] { "0", "1" }.Select(end => new string('a', 20) + "…" + new string('b', 19) + end)], figure.Traces.Select(trace => trace!["name"]!.GetValue<string>()));
    }

    [Fact]
    public void A_group_without_values_keeps_its_legend_entry_in_a_histogram()
    {
        var data = new ChartData();
        for (int i = 0; i < 20; i++) data.Add(new ExperimentRow(["X", "G", "P"], [i % 4 == 3 ? double.NaN : i, i % 4 == 3 ? "void" : "full", i % 2]));
        foreach (string? facet in new[] { null, "P" })
        {
            string html = PageWriter.Render(new ReportPage("", [new ChartBlock(data, new ChartOptions { X = "X", GroupBy = ["G"], Facet = facet })])).Html;
            Assert.Equal(["full", "void"], Regex.Matches(html, "\"name\":\"(\\w+)\",\"legendgroup\":\"\\d\",\"showlegend\":true").Select(match => match.Groups[1].Value));
        }
    }

    [Fact]
    public void Text_of_the_data_is_never_markup_or_script()
    {
        const string attack = "</script><script>window.attacked=true</script><img src=x onerror='window.attacked=true'><b>bold</b>&amp;\"'";
        var data = new ChartData();
        for (int i = 0; i < 3; i++) data.Add(new ExperimentRow([attack, "Y", "G"], [attack + i, i, attack + i % 2]));
        var options = new ChartOptions { X = attack, Y = ["Y"], GroupBy = ["G"], Facet = null, Title = attack, XLabel = attack, YLabel = attack };
        (string html, _) = PageWriter.Render(new ReportPage(attack, [new HeadingBlock(attack), new ParagraphBlock(attack), new TableBlock([attack], [[attack]]), new ImageBlock([1, 2, 3], attack), new ChartBlock(data, options)]));
        Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>window", html, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Matches(html, "</script").Count);
        SkipWithoutBrowser();
        string document = Probed(data, options);
        Assert.Contains("data-attack=\"false\"", document, StringComparison.Ordinal);
        Assert.DoesNotMatch("<tspan[^>]*font-weight", document);
    }

    [Fact]
    public void A_single_chart_without_heat_map_carries_the_small_library()
    {
        (ChartData data, ChartOptions options) = AwkwardCharts.Make("Line", "Plain");
        Assert.InRange(PageWriter.Render(new ReportPage("", [new ChartBlock(data, options)])).Html.Length, 1_000_000, 1_500_000);
        (data, options) = AwkwardCharts.Make("HeatMap", "Plain");
        Assert.InRange(PageWriter.Render(new ReportPage("", [new ChartBlock(data, options)])).Html.Length, 4_000_000, 6_000_000);
        Assert.True(PageWriter.Render(new ReportPage("", [new ParagraphBlock("No chart.")])).Html.Length < 5000);
    }

    private string Probed(ChartData data, ChartOptions options)
    {
        string path = Path.Combine(folder, "probed.html");
        File.WriteAllText(path, PageWriter.Render(new ReportPage("", [new ChartBlock(data, options)])).Html.Replace("</body>", Probe + "</body>", StringComparison.Ordinal));
        return Browser.Document(path);
    }

    private static JsonElement Figures(string html) => JsonDocument.Parse(FigureText().Match(html).Groups[1].Value).RootElement;

    private static void SkipWithoutBrowser() => Assert.SkipWhen(Browser.Path is null, "No browser is installed: chromium or google-chrome.");

    [GeneratedRegex("""<script type="application/json" id="figures">(.*?)</script>""", RegexOptions.Singleline)]
    private static partial Regex FigureText();

    [GeneratedRegex("""<(script|img|link|iframe)[^>]*\s(src|href)=["']?(?!data:)""")]
    private static partial Regex Loads();

    [GeneratedRegex("data-drawn=\"true\"")]
    private static partial Regex Drawn();

    [GeneratedRegex("data-zoom=\"([^\"]*)\"")]
    private static partial Regex Zoom();
}
