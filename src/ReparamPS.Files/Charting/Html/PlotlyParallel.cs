using System.Text.Json.Nodes;
using ScottPlot;

namespace ReparamPS.Charting.Html;

/// <summary>Parallel coordinates: lines across axes, with the values of each row when the pointer is on its line.</summary>
internal sealed class PlotlyParallel : IPlotlyPanels
{
    private const int Shades = 24, MaxLabels = 20;

    private readonly ChartOptions options;
    private readonly ParallelAxes axes;
    private readonly ScottPlot.Colormaps.Viridis colors = new();

    /// <summary>Settles axes and colors from all rows.</summary>
    public PlotlyParallel(ChartData data, ChartOptions options)
    {
        this.options = options;
        axes = new ParallelAxes(data, options);
    }

    /// <inheritdoc/>
    public SkippedValues Skipped => axes.Skipped;

    /// <inheritdoc/>
    public void SetLayout(JsonObject layout) => layout["showlegend"] = axes.Names.Count > 1;

    /// <inheritdoc/>
    public (JsonObject X, JsonObject Y) Axes()
    {
        (JsonObject x, JsonObject y) = (PlotlyText.Axis(null, ""), PlotlyText.Axis(null, ""));
        x["tickmode"] = "array";
        x["tickvals"] = new JsonArray([.. axes.Axes.Select((_, i) => (JsonNode)i)]);
        x["ticktext"] = new JsonArray([.. axes.Axes.Select(axis => (JsonNode)PlotlyText.Escape(PlotlyText.Short(axis.Label)))]);
        x["range"] = new JsonArray(-0.6, axes.Axes.Count - 0.9);
        x["showline"] = false;
        x["gridcolor"] = "#333333";
        y["visible"] = false;
        y["range"] = new JsonArray(-0.06, 1.06);
        return (x, y);
    }

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Traces(ChartData data, bool first)
    {
        IReadOnlyList<object?>[] cells = [.. axes.Axes.Select(axis => data.Cells(axis.Column, "Y"))];
        if (axes.Shade is null)
        {
            foreach ((ChartGroup group, int place) in axes.Groups(data))
            {
                JsonObject trace = Lines(cells, group.Rows, ChartStyle.ColorOf(place, axes.Names.Count));
                (trace["name"], trace["legendgroup"], trace["showlegend"]) = (PlotlyText.Escape(PlotlyText.Short(group.Name ?? "")), $"{place}", axes.Names.Count > 1);
                yield return trace;
            }
            yield break;
        }
        // Rows of about one color are one trace: thousands of traces would be slow.
        IReadOnlyList<object?> shaded = data.Cells(axes.ShadeColumn, "Z");
        IEnumerable<IGrouping<int, int>> shades = Enumerable.Range(0, data.Count).Where(row => !double.IsNaN(axes.Shade.Place(shaded[row])))
            .GroupBy(row => (int)Math.Min(Shades - 1, axes.ShadeOf(axes.Shade.Place(shaded[row])) * Shades)).OrderBy(shade => shade.Key);
        foreach (IGrouping<int, int> shade in shades)
        {
            JsonObject trace = Lines(cells, [.. shade], colors.GetColor((shade.Key + 0.5) / Shades));
            trace["showlegend"] = false;
            yield return trace;
        }
        if (options.Z is not null && first) yield return ColorBar();
    }

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Annotations()
    {
        for (int place = 0; place < axes.Axes.Count; place++)
        {
            (double Height, string Label)[] ticks = [.. axes.Axes[place].Ticks()];
            int step = (ticks.Length + MaxLabels - 1) / MaxLabels;
            foreach ((double height, string label) in ticks.Where((_, i) => i % Math.Max(1, step) == 0))
            {
                yield return new JsonObject
                {
                    ["x"] = place,
                    ["y"] = height,
                    ["text"] = PlotlyText.Escape(PlotlyText.Short(label)),
                    ["xanchor"] = "right",
                    ["xshift"] = -4,
                    ["showarrow"] = false,
                    ["bgcolor"] = "rgba(255,255,255,0.8)",
                };
            }
        }
    }

    private JsonObject Lines(IReadOnlyList<object?>[] cells, IReadOnlyList<int> rows, Color color)
    {
        JsonArray x = [], y = [], hover = [];
        foreach (int row in rows)
        {
            string text = string.Join("<br>", axes.Axes.Select((axis, i) => $"{PlotlyText.Escape(axis.Label)}: {PlotlyText.Escape(ChartScale.Name(cells[i][row]))}"));
            for (int i = 0; i < axes.Axes.Count; i++)
            {
                double height = axes.Axes[i].Height(cells[i][row]);
                if (!double.IsFinite(height)) continue;
                x.Add((JsonNode)i);
                y.Add((JsonNode)height);
                hover.Add((JsonNode)text);
            }
            x.Add(null);
            y.Add(null);
            hover.Add((JsonNode)"");
        }
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["x"] = x,
            ["y"] = y,
            ["hovertext"] = hover,
            ["hoverinfo"] = "text",
            ["line"] = new JsonObject { ["color"] = PlotlyText.Color(color, 0.75), ["width"] = 1.8 },
        };
    }

    private JsonObject ColorBar()
    {
        (double low, double high) = axes.Low < axes.High ? (axes.Low, axes.High) : ChartScale.Around(axes.Low, 0.5);
        return ColorBar(low, high);
    }

    private JsonObject ColorBar(double low, double high) => new()
    {
        ["type"] = "scatter",
        ["mode"] = "markers",
        ["x"] = new JsonArray((JsonNode?)null),
        ["y"] = new JsonArray((JsonNode?)null),
        ["showlegend"] = false,
        ["hoverinfo"] = "skip",
        ["marker"] = new JsonObject
        {
            ["color"] = new JsonArray(axes.Low),
            ["cmin"] = low,
            ["cmax"] = high,
            ["colorscale"] = "Viridis",
            ["showscale"] = true,
            ["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = PlotlyText.Escape(PlotlyText.Short(axes.ShadeLabel)), ["side"] = "right" } },
        },
    };
}
