using System.Text.Json.Nodes;

namespace ReparamPS.Charting.Html;

/// <summary>A chart as plotly.js draws it.</summary>
internal sealed class PlotlyFigure
{
    private readonly List<string> warnings = [];

    private PlotlyFigure(ChartOptions options)
    {
        Height = options.Height;
        bool titled = !string.IsNullOrEmpty(options.Title);
        Layout = new JsonObject
        {
            ["font"] = new JsonObject { ["family"] = "DejaVu Sans, Verdana, sans-serif", ["size"] = ChartStyle.TickSize, ["color"] = PlotlyText.Color(ChartStyle.Ink) },
            ["paper_bgcolor"] = "#ffffff",
            ["plot_bgcolor"] = "#ffffff",
            ["hovermode"] = "closest",
            ["hoverlabel"] = new JsonObject { ["namelength"] = 60 },
            ["margin"] = new JsonObject { ["l"] = 60, ["r"] = 20, ["t"] = titled ? 60 : 30, ["b"] = 50 },
        };
        if (titled) Layout["title"] = new JsonObject { ["text"] = PlotlyText.Escape(options.Title!), ["font"] = new JsonObject { ["size"] = ChartStyle.TitleSize } };
    }

    /// <summary>What is drawn.</summary>
    public JsonArray Traces { get; } = [];

    /// <summary>Axes and looks.</summary>
    public JsonObject Layout { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; private set; }

    /// <summary>Warnings about what the chart does not show.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Whether the small bundle of plotly.js, which has no heat maps, does not suffice.</summary>
    public bool NeedsHeatMaps { get; private init; }

    /// <summary>Whether no trace has a point.</summary>
    public bool IsEmpty => Traces.All(trace => trace!["y"] is JsonArray places && places.All(place => place is null));

    /// <summary>The figure of a chart.</summary>
    /// <exception cref="ArgumentException">A column is missing or holds nothing that can be drawn.</exception>
    public static PlotlyFigure Of(ChartData data, ChartOptions options)
    {
        ChartWriter.Check(data, options);
        var figure = new PlotlyFigure(options) { NeedsHeatMaps = options.EffectiveKind == ChartKind.HeatMap };
        IPlotlyPanels panels = options.EffectiveKind switch
        {
            ChartKind.HeatMap => new PlotlyHeatMap(data, options),
            ChartKind.ParallelCoordinates => new PlotlyParallel(data, options),
            _ => new PlotlyChart(data, options),
        };
        figure.Add(panels, data, options);
        if (panels.Skipped.Warning is { } warning) figure.warnings.Add(warning);
        return figure;
    }

    private void Add(IPlotlyPanels panels, ChartData data, ChartOptions options)
    {
        panels.SetLayout(Layout);
        IReadOnlyList<ChartGroup> parts = options.Facet is null ? [new ChartGroup(null, [])] : ChartPanels.Of(data, options.Facet);
        (int rows, int columns) = ChartPanels.Grid(parts.Count);
        if (options.GrowsWithPanels) Height = ChartPanels.HeightFor(rows, Height);
        var titles = new JsonArray();
        // A series is in the legend once: in the first panel that has it.
        HashSet<string> inLegend = [];
        for (int i = 0; i < parts.Count; i++)
        {
            string suffix = i == 0 ? "" : $"{i + 1}";
            (JsonObject x, JsonObject y) = panels.Axes();
            (x["anchor"], y["anchor"]) = ("y" + suffix, "x" + suffix);
            if (parts.Count > 1)
            {
                (x["domain"], y["domain"]) = (Share(i % columns, columns, 0.12), Share(rows - 1 - i / columns, rows, 0.25));
                // Panels zoom together.
                if (i > 0) (x["matches"], y["matches"]) = ("x", "y");
                if (i / columns < rows - 1 && i + columns < parts.Count) x.Remove("title");
                if (i % columns > 0) y.Remove("title");
            }
            (Layout["xaxis" + suffix], Layout["yaxis" + suffix]) = (x, y);
            foreach (JsonObject trace in panels.Traces(parts[i].Name is null ? data : data.Rows(parts[i].Rows), first: i == 0))
            {
                (trace["xaxis"], trace["yaxis"]) = ("x" + suffix, "y" + suffix);
                if (trace["showlegend"]?.GetValue<bool>() == true) trace["showlegend"] = inLegend.Add(trace["legendgroup"]!.GetValue<string>());
                Traces.Add((JsonNode)trace);
            }
            foreach (JsonObject note in panels.Annotations())
            {
                (note["xref"], note["yref"]) = ("x" + suffix, "y" + suffix);
                titles.Add((JsonNode)note);
            }
            if (parts[i].Name is { } name) titles.Add((JsonNode)Title(name, suffix));
        }
        if (titles.Count > 0) Layout["annotations"] = titles;
    }

    private static JsonObject Title(string name, string suffix) => new()
    {
        ["text"] = PlotlyText.Escape(PlotlyText.Short(name)),
        ["xref"] = $"x{suffix} domain",
        ["yref"] = $"y{suffix} domain",
        ["x"] = 0.5,
        ["y"] = 1,
        ["yanchor"] = "bottom",
        ["showarrow"] = false,
        ["font"] = new JsonObject { ["size"] = ChartStyle.LabelSize },
    };

    // The gap is a share of a panel's room: for the labels of its neighbor, and below it for the title too.
    private static JsonArray Share(int place, int count, double gap)
    {
        double width = (1 - gap * (count - 1) / count) / count, step = (1 - width) / Math.Max(1, count - 1);
        return [place * step, place * step + width];
    }
}

/// <summary>The traces and axes of one kind of chart.</summary>
internal interface IPlotlyPanels
{
    /// <summary>The values that are not drawn.</summary>
    SkippedValues Skipped { get; }

    /// <summary>Sets what all panels share.</summary>
    void SetLayout(JsonObject layout);

    /// <summary>The axes of a panel.</summary>
    (JsonObject X, JsonObject Y) Axes();

    /// <summary>What a panel shows of some of the rows.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="first">Whether it is the first panel, which explains the colors.</param>
    IEnumerable<JsonObject> Traces(ChartData data, bool first);

    /// <summary>Texts at places of a panel.</summary>
    IEnumerable<JsonObject> Annotations();
}
