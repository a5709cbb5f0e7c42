using ScottPlot;
using ScottPlot.Plottables;

namespace ReparamPS.Charting;

/// <summary>Draws one panel after the other, all with the same scales and colors.</summary>
internal sealed class ChartRenderer
{
    private readonly ChartOptions options;
    private readonly ChartKind kind;
    private readonly ChartScale x;
    private readonly ChartScale y;
    private readonly bool wholeNumbers;
    private readonly Dictionary<string, int> places = [];

    /// <summary>Settles scales and colors from all rows.</summary>
    public ChartRenderer(ChartData data, ChartOptions options)
    {
        this.options = options;
        kind = options.EffectiveKind;
        IReadOnlyList<object?> xs = data.Cells(options.X, "X");
        IEnumerable<object?> ys = options.Y.SelectMany(column => data.Cells(column, "Y"));
        x = ChartScale.Of(xs, options.LogX, categories: kind is ChartKind.Bar, options.X);
        y = kind == ChartKind.Histogram ? ChartScale.Of([], options.LogY, false, "Count") : ChartScale.Of(ys, options.LogY, false, string.Join(", ", options.Y));
        if (kind == ChartKind.Histogram && x.Kind != ScaleKind.Number) throw NotNumeric("X", options.X, xs);
        if (kind is ChartKind.Line or ChartKind.Bar && y.Kind != ScaleKind.Number) throw NotNumeric("Y", string.Join(", ", options.Y), ys);
        wholeNumbers = xs.All(cell => x.Raw(cell) is var place && (double.IsNaN(place) || place == Math.Floor(place)));
        Dropped = x.CountNotPositive(xs) + (options.Band == ChartBand.None ? y.CountNotPositive(ys) : 0);
        foreach (ChartGroup group in ChartGroup.Of(data, options.GroupBy))
        {
            foreach (string name in kind == ChartKind.Histogram ? [group.Name ?? options.X] : ChartSeries.Names(group, options.Y)) places.TryAdd(name, places.Count);
        }
    }

    /// <summary>How many cells the logarithmic axes can't show.</summary>
    public int Dropped { get; }

    /// <summary>A panel of some of the rows.</summary>
    public Plot Draw(ChartData data, double[]? edges)
    {
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.XLabel(options.XLabel ?? options.X, ChartStyle.LabelSize);
        plot.YLabel(options.YLabel ?? YName(), ChartStyle.LabelSize);
        plot.Axes.Bottom.TickGenerator = ChartTicks.Of(x, wholeNumbers && kind != ChartKind.Histogram);
        plot.Axes.Left.TickGenerator = ChartTicks.Of(y, kind == ChartKind.Histogram && !options.Density);
        if (x.IsLogarithmic) plot.Axes.Bottom.MinorTickStyle.Length = 3;
        if (y.IsLogarithmic) plot.Axes.Left.MinorTickStyle.Length = 3;
        switch (kind)
        {
            case ChartKind.Histogram: DrawHistogram(plot, data, edges!); break;
            case ChartKind.Bar: DrawBars(plot, data); break;
            case ChartKind.Scatter: DrawPoints(plot, data); break;
            default: DrawLines(plot, data); break;
        }
        return plot;
    }

    /// <summary>A histogram's edges, the same for all groups and panels; null for other kinds.</summary>
    public double[]? Edges(ChartData data)
    {
        if (kind != ChartKind.Histogram) return null;
        double[] values = Values(data.Cells(options.X, "X"), Enumerable.Range(0, data.Count));
        return values.Length == 0 ? null : Histogram.Edges(values, options.Bins);
    }

    private string YName() => kind == ChartKind.Histogram ? (options.Density ? "Density" : "Count") : options.Y.Count == 1 ? options.Y[0] : "Value";

    private void DrawLines(Plot plot, ChartData data)
    {
        foreach (ChartSeries series in ChartSeries.Of(data, options, x, y, average: options.Band != ChartBand.None))
        {
            int place = places[series.Name];
            Color color = ChartStyle.ColorOf(place, places.Count);
            string? legend = series.Name;
            foreach ((int start, int length) in series.Stretches())
            {
                double[] xs = series.X[start..(start + length)];
                if (series.Low is not null) DrawBand(plot, xs, series.Low[start..(start + length)], series.High![start..(start + length)], series.Y[start..(start + length)], color);
                Scatter line = plot.Add.Scatter(xs, series.Y[start..(start + length)], color);
                line.LineWidth = 2;
                line.MarkerSize = length == 1 || series.X.Length <= 25 ? 6 : 0;
                line.LegendText = legend ?? "";
                legend = null;
            }
        }
    }

    private static void DrawBand(Plot plot, double[] xs, double[] low, double[] high, double[] middle, Color color)
    {
        // On a logarithmic axis the lower edge may be below everything.
        for (int i = 0; i < low.Length; i++) low[i] = double.IsNaN(low[i]) ? middle[i] : low[i];
        FillY band = plot.Add.FillY(xs, low, high);
        band.FillColor = color.WithAlpha(0.18);
        band.LineWidth = 0;
        band.MarkerSize = 0;
    }

    private void DrawPoints(Plot plot, ChartData data)
    {
        foreach (ChartSeries series in ChartSeries.Of(data, options, x, y, average: false))
        {
            int place = places[series.Name];
            (double X, double Y)[] points = [.. series.X.Zip(series.Y).Where(point => double.IsFinite(point.Second))];
            if (points.Length == 0) continue;
            Scatter cloud = plot.Add.ScatterPoints(Array.ConvertAll(points, point => point.X), Array.ConvertAll(points, point => point.Y), ChartStyle.ColorOf(place, places.Count).WithAlpha(points.Length > 300 ? 0.5 : 0.85));
            cloud.MarkerSize = points.Length > 2000 ? 4 : 7;
            cloud.MarkerShape = ChartStyle.ShapeOf(place);
            cloud.LegendText = series.Name;
        }
    }

    private void DrawBars(Plot plot, ChartData data)
    {
        List<ChartSeries> all = ChartSeries.Of(data, options, x, y, average: true);
        double width = 0.8 / places.Count, floor = options.LogY ? Math.Floor(all.SelectMany(series => series.Low ?? series.Y).Where(double.IsFinite).DefaultIfEmpty(0).Min() - 0.1) : 0;
        foreach (ChartSeries series in all)
        {
            int place = places[series.Name];
            Bar[] bars =
            [
                .. Enumerable.Range(0, series.X.Length).Where(i => double.IsFinite(series.Y[i])).Select(i => new Bar
                {
                    Position = series.X[i] + (place - (places.Count - 1) / 2.0) * width,
                    Value = series.Y[i],
                    ValueBase = floor,
                    Size = width * 0.94,
                    FillColor = ChartStyle.ColorOf(place, places.Count),
                    LineWidth = 0,
                }),
            ];
            if (bars.Length == 0) continue;
            BarPlot drawn = plot.Add.Bars(bars);
            drawn.LegendText = series.Name;
            if (series.Low is null) continue;
            for (int i = 0; i < series.X.Length; i++) DrawWhisker(plot, series.X[i] + (place - (places.Count - 1) / 2.0) * width, series.Low[i], series.High![i]);
        }
        if (floor == 0 && all.All(series => series.Y.All(value => !(value < 0)))) plot.Axes.Margins(bottom: 0);
        if (options.LogY) plot.Axes.Margins(bottom: 0);
    }

    private static void DrawWhisker(Plot plot, double at, double low, double high)
    {
        if (!(high > low)) return;
        Scatter whisker = plot.Add.ScatterLine(new[] { at, at }, new[] { low, high }, ChartStyle.Ink);
        whisker.LineWidth = 1.5f;
    }

    private void DrawHistogram(Plot plot, ChartData data, double[] edges)
    {
        IReadOnlyList<object?> cells = data.Cells(options.X, "X");
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, options.GroupBy);
        double binWidth = edges[1] - edges[0];
        foreach (ChartGroup group in groups)
        {
            double[] values = Values(cells, group.Rows);
            if (values.Length == 0) continue;
            string name = group.Name ?? options.X;
            Color color = ChartStyle.ColorOf(places[name], places.Count);
            double unit = options.Density ? 1 / (values.Length * binWidth) : 1;
            double[] heights = Array.ConvertAll(Histogram.Counts(values, edges), count => y.Scaled(count == 0 && options.LogY ? double.NaN : count * unit));
            double floor = options.LogY ? Math.Log10(0.5 * unit) : 0;
            Bar[] bars =
            [
                .. Enumerable.Range(0, heights.Length).Where(i => double.IsFinite(heights[i])).Select(i => new Bar
                {
                    Position = (edges[i] + edges[i + 1]) / 2,
                    Value = heights[i],
                    ValueBase = floor,
                    Size = binWidth,
                    FillColor = color.WithAlpha(places.Count > 1 ? 0.45 : options.Density ? 0.6 : 0.85),
                    LineColor = Colors.White,
                    LineWidth = heights.Length > 120 ? 0 : 0.7f,
                }),
            ];
            plot.Add.Bars(bars).LegendText = name;
            if (options.Density) DrawDensity(plot, values, edges, color);
        }
        plot.Axes.Margins(bottom: 0);
    }

    private void DrawDensity(Plot plot, double[] values, double[] edges, Color color)
    {
        double[] at = [.. Enumerable.Range(0, 400).Select(i => edges[0] + (edges[^1] - edges[0]) * i / 399)];
        double[] heights = Array.ConvertAll(Histogram.Density(values, at), y.Scaled);
        Scatter curve = plot.Add.ScatterLine(at, heights, color);
        curve.LineWidth = 2.5f;
    }

    private double[] Values(IReadOnlyList<object?> cells, IEnumerable<int> rows) => [.. rows.Select(row => x.Place(cells[row])).Where(double.IsFinite)];

    private static ArgumentException NotNumeric(string parameter, string column, IEnumerable<object?> cells)
    {
        object? other = cells.FirstOrDefault(cell => cell is not null && ChartScale.Of([cell], false, false, column).Kind != ScaleKind.Number);
        return new ArgumentException($"{parameter}: the values of '{column}' must be numbers, but '{ChartScale.Name(other)}' is among them.", parameter);
    }
}
