using System.Text.Json.Nodes;

namespace ReparamPS.Charting.Html;

/// <summary>A heat map.</summary>
internal sealed class PlotlyHeatMap(ChartData all, ChartOptions options) : IPlotlyPanels
{
    private const int LabelledCells = 150, LabelledColumns = 15;

    private readonly HeatMapGrid grid = new(all, options);

    /// <inheritdoc/>
    public SkippedValues Skipped => grid.Skipped;

    /// <inheritdoc/>
    public void SetLayout(JsonObject layout)
    {
    }

    /// <inheritdoc/>
    public (JsonObject X, JsonObject Y) Axes()
    {
        (JsonObject x, JsonObject y) = (PlotlyText.Axis(grid.X, grid.XLabel), PlotlyText.Axis(grid.Y, grid.YLabel));
        (x["range"], y["range"]) = (new JsonArray(-0.5, grid.X.Labels.Count - 0.5), new JsonArray(-0.5, grid.Y.Labels.Count - 0.5));
        (x["showgrid"], y["showgrid"]) = (false, false);
        return (x, y);
    }

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Traces(ChartData data, bool first)
    {
        double[,] cells = grid.Cells(data);
        int rows = cells.GetLength(0), columns = cells.GetLength(1);
        var trace = new JsonObject
        {
            ["type"] = "heatmap",
            ["z"] = new JsonArray([.. Enumerable.Range(0, rows).Select(row => (JsonNode)PlotlyText.Numbers(Enumerable.Range(0, columns).Select(column => cells[row, column])))]),
            ["hovertext"] = new JsonArray([.. Enumerable.Range(0, rows).Select(row => (JsonNode)new JsonArray([.. Enumerable.Range(0, columns).Select(column => (JsonNode)Hover(row, column, cells[row, column]))]))]),
            ["hoverinfo"] = "text",
            ["hoverongaps"] = false,
            ["zmin"] = grid.Low,
            ["zmax"] = grid.High,
            ["colorscale"] = "Viridis",
            ["showscale"] = first,
            ["colorbar"] = new JsonObject { ["title"] = new JsonObject { ["text"] = PlotlyText.Escape(PlotlyText.Short(grid.ZLabel)), ["side"] = "right" } },
        };
        if (cells.Length <= LabelledCells && columns <= LabelledColumns) trace["texttemplate"] = "%{z:.4~g}";
        yield return trace;
    }

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Annotations() => [];

    private string Hover(int row, int column, double value) =>
        $"{PlotlyText.Escape(grid.XLabel)}: {PlotlyText.Escape(grid.X.Labels[column])}<br>{PlotlyText.Escape(grid.YLabel)}: {PlotlyText.Escape(grid.Y.Labels[row])}<br>{PlotlyText.Escape(grid.ZLabel)}: {ChartText.Number(value)}";
}
