using System.Text.Json.Nodes;

namespace ReparamPS.Charting.Html;

/// <summary>Lines, points, bars and histograms.</summary>
internal sealed class PlotlyChart(ChartData all, ChartOptions options) : IPlotlyPanels
{
    private const int MarkerSize = 6;

    private static readonly string[] Symbols = ["circle", "square", "triangle-up", "diamond"];

    private readonly ChartPlan plan = new(all, options);
    private List<ChartSeries>? everything;

    /// <inheritdoc/>
    public SkippedValues Skipped => plan.Skipped;

    /// <inheritdoc/>
    public void SetLayout(JsonObject layout)
    {
        layout["showlegend"] = plan.Names.Count > 1;
        layout["legend"] = new JsonObject { ["bgcolor"] = "rgba(255,255,255,0.8)" };
        if (plan.Kind == ChartKind.Bar) (layout["barmode"], layout["bargap"]) = ("group", 0.2);
        if (plan.Kind == ChartKind.Histogram) (layout["barmode"], layout["bargap"]) = ("overlay", 0);
    }

    /// <inheritdoc/>
    public (JsonObject X, JsonObject Y) Axes()
    {
        (JsonObject x, JsonObject y) = (PlotlyText.Axis(plan.X, plan.XLabel), PlotlyText.Axis(plan.Y, plan.YLabel));
        if (plan.Kind is ChartKind.Histogram or ChartKind.Bar && !plan.Y.IsLogarithmic) y["rangemode"] = "tozero";
        if (plan.Kind is ChartKind.Line or ChartKind.Scatter)
        {
            List<ChartSeries> drawn = everything ??= plan.SeriesOfPanels(all);
            // The margin that an axis has around a single number is lost in the rounding of a large one.
            if (ChartScale.AroundSingle(drawn.SelectMany(series => series.X)) is var (left, right)) x["range"] = new JsonArray(left, right);
            if (ChartScale.AroundSingle(drawn.SelectMany(series => series.Y.Concat(series.Low ?? []).Concat(series.High ?? []))) is var (bottom, top)) y["range"] = new JsonArray(bottom, top);
        }
        return (x, y);
    }

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Traces(ChartData data, bool first) => plan.Kind switch
    {
        ChartKind.Histogram => Histograms(data, first),
        ChartKind.Bar => plan.Series(data).Select(series => Bars(series)),
        ChartKind.Scatter => plan.Series(data).Select(series => Points(series)),
        _ => plan.Series(data).SelectMany(series => Lines(series)),
    };

    /// <inheritdoc/>
    public IEnumerable<JsonObject> Annotations() => [];

    private IEnumerable<JsonObject> Lines(ChartSeries series)
    {
        if (series.Low is not null)
        {
            foreach ((int start, int length) in series.Stretches()) yield return Band(series, start, start + length);
        }
        JsonObject line = Series(series.Name, true, "scatter", PlotlyText.Values(series.X, plan.X), PlotlyText.Values(series.Y, plan.Y));
        // As in a picture: a long line has markers only where a point stands alone.
        bool isShort = series.X.Length <= 25;
        int[] alone = isShort ? [] : [.. series.Stretches().Where(stretch => stretch.Length == 1).Select(stretch => stretch.Start)];
        line["mode"] = isShort || alone.Length > 0 ? "lines+markers" : "lines";
        if (alone.Length > 0) line["marker"] = new JsonObject { ["size"] = Sizes(series.X.Length, alone) };
        line["line"] = new JsonObject { ["color"] = Color(series.Name), ["width"] = 2 };
        AddLabels(line, series.X);
        yield return line;
    }

    private static JsonArray Sizes(int count, int[] shown)
    {
        int[] sizes = new int[count];
        foreach (int place in shown) sizes[place] = MarkerSize;
        return [.. sizes.Select(size => (JsonNode)size)];
    }

    private JsonObject Band(ChartSeries series, int start, int end)
    {
        // On a logarithmic axis the lower edge may be below everything.
        IEnumerable<double> low = Enumerable.Range(start, end - start).Select(i => double.IsNaN(series.Low![i]) ? series.Y[i] : series.Low[i]);
        JsonObject band = Series(
            series.Name, false, "scatter", PlotlyText.Values(series.X[start..end].Concat(Enumerable.Reverse(series.X[start..end])), plan.X), PlotlyText.Values(series.High![start..end].Concat(low.Reverse()), plan.Y));
        band["mode"] = "lines";
        band["fill"] = "toself";
        band["fillcolor"] = Color(series.Name, 0.18);
        band["line"] = new JsonObject { ["width"] = 0 };
        band["hoverinfo"] = "skip";
        return band;
    }

    private JsonObject Points(ChartSeries series)
    {
        JsonObject cloud = Series(series.Name, true, "scatter", PlotlyText.Values(series.X, plan.X), PlotlyText.Values(series.Y, plan.Y));
        cloud["mode"] = "markers";
        cloud["marker"] = new JsonObject { ["color"] = Color(series.Name, series.X.Length > 300 ? 0.5 : 0.85), ["size"] = series.X.Length > 2000 ? 4 : 7, ["symbol"] = Symbols[plan.PlaceOf(series.Name) % Symbols.Length] };
        AddLabels(cloud, series.X);
        return cloud;
    }

    private JsonObject Bars(ChartSeries series)
    {
        JsonObject bars = Series(series.Name, true, "bar", PlotlyText.Values(series.X, plan.X), PlotlyText.Values(series.Y, plan.Y));
        bars["marker"] = new JsonObject { ["color"] = Color(series.Name) };
        AddLabels(bars, series.X);
        if (series.Low is null) return bars;
        double[] middle = Raw(series.Y), low = Raw(series.Low), high = Raw(series.High!);
        bars["error_y"] = new JsonObject
        {
            ["type"] = "data",
            ["symmetric"] = false,
            ["array"] = PlotlyText.Numbers(high.Zip(middle, (end, from) => end - from)),
            ["arrayminus"] = PlotlyText.Numbers(middle.Zip(low, (from, end) => from - end)),
        };
        return bars;
    }

    private IEnumerable<JsonObject> Histograms(ChartData data, bool first)
    {
        double[] edges = plan.Edges;
        double opacity = plan.Names.Count > 1 ? 0.45 : options.Density ? 0.6 : 0.85;
        HashSet<string> missing = [.. plan.Names];
        foreach ((string name, double[] values, double[] heights) in plan.Histograms(data))
        {
            missing.Remove(name);
            // Bars of equal width are not equal on a logarithmic axis, so the bins are an outline.
            double[] x = [.. Enumerable.Range(0, heights.Length).SelectMany(i => new[] { edges[i], edges[i], edges[i + 1], edges[i + 1] })];
            double floor = plan.HistogramFloor(all.Count);
            double[] y = [.. heights.SelectMany(height => new[] { floor, Math.Max(floor, height), Math.Max(floor, height), floor })];
            JsonObject bins = Series(name, true, "scatter", PlotlyText.Values(x, plan.X), PlotlyText.Numbers(y));
            bins["mode"] = "lines";
            bins["fill"] = "toself";
            bins["fillcolor"] = Color(name, opacity);
            bins["line"] = new JsonObject { ["color"] = "#ffffff", ["width"] = heights.Length > 120 ? 0 : 0.7 };
            bins["hoveron"] = "points";
            bins["hovertext"] = new JsonArray([.. heights.SelectMany((height, i) => Enumerable.Repeat($"{PlotlyText.Escape(name)}<br>{Edge(edges[i])} … {Edge(edges[i + 1])}: {ChartText.Number(height)}", 4)).Select(text => (JsonNode)text)]);
            bins["hoverinfo"] = "text";
            yield return bins;
            if (!options.Density) continue;
            (double[] at, double[] densities) = plan.DensityOf(values, floor);
            JsonObject curve = Series(name, false, "scatter", PlotlyText.Values(at, plan.X), PlotlyText.Numbers(densities));
            curve["mode"] = "lines";
            curve["line"] = new JsonObject { ["color"] = Color(name), ["width"] = 2.5 };
            yield return curve;
        }
        // A group without values, here or anywhere, keeps its place in the legend.
        if (!first) yield break;
        foreach (string name in plan.Names.Where(missing.Contains))
        {
            JsonObject entry = Series(name, true, "scatter", [null], [null]);
            entry["mode"] = "lines";
            entry["fill"] = "toself";
            entry["fillcolor"] = Color(name, opacity);
            entry["line"] = new JsonObject { ["color"] = "#ffffff", ["width"] = 0.7 };
            yield return entry;
        }
    }

    private JsonObject Series(string name, bool legend, string type, JsonArray x, JsonArray y) => new()
    {
        ["type"] = type,
        ["name"] = PlotlyText.Escape(PlotlyText.Short(name)),
        ["legendgroup"] = $"{plan.PlaceOf(name)}",
        ["showlegend"] = legend,
        ["x"] = x,
        ["y"] = y,
    };

    // The pointer shows the name of a category, not its number.
    private void AddLabels(JsonObject trace, double[] places)
    {
        if (plan.X.Kind != ScaleKind.Category) return;
        trace["hovertext"] = new JsonArray([.. places.Select(place => (JsonNode)PlotlyText.Escape(plan.X.Labels[(int)place]))]);
        trace["hoverinfo"] = "text+y+name";
    }

    private string Edge(double place) => PlotlyText.Value(place, plan.X) is { } value ? value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? ChartText.Number(value.GetValue<double>()) : value.GetValue<string>() : "";

    private double[] Raw(double[] places) => plan.Y.IsLogarithmic ? Array.ConvertAll(places, place => Math.Pow(10, place)) : places;

    private string Color(string name, double opacity = 1) => PlotlyText.Color(ChartStyle.ColorOf(plan.PlaceOf(name), plan.Names.Count), opacity);
}
