using ScottPlot;
using ScottPlot.Plottables;

namespace ReparamPS.Charting;

/// <summary>Draws lines, points, bars and histograms.</summary>
internal sealed class ChartRenderer(ChartData all, ChartOptions options, ChartFonts fonts) : IPanelRenderer
{
    private const int ManyBars = 300;
    private const double BarMargin = 0.07;

    private readonly ChartPlan plan = new(all, options);
    private List<ChartSeries>? everything;

    /// <inheritdoc/>
    public IReadOnlyList<LegendEntry> Legend => [.. plan.Names.Select(name => new LegendEntry(name, ColorOf(name), plan.Kind switch
    {
        ChartKind.Line => LegendMark.Line,
        ChartKind.Scatter => LegendMark.Point,
        _ => LegendMark.Box,
    }, ChartStyle.ShapeOf(plan.PlaceOf(name))))];

    /// <inheritdoc/>
    public SkippedValues Skipped => plan.Skipped;

    /// <inheritdoc/>
    public ChartPanel Draw(ChartData data)
    {
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.Axes.Bottom.TickGenerator = ChartTicks.Of(plan.X, plan.HasWholeNumbers && plan.Kind != ChartKind.Histogram, fonts);
        plot.Axes.Left.TickGenerator = ChartTicks.Of(plan.Y, plan.Kind == ChartKind.Histogram && !options.Density, fonts);
        if (plan.X.IsLogarithmic) plot.Axes.Bottom.MinorTickStyle.Length = 3;
        if (plan.Y.IsLogarithmic) plot.Axes.Left.MinorTickStyle.Length = 3;
        switch (plan.Kind)
        {
            case ChartKind.Histogram: DrawHistogram(plot, data); break;
            case ChartKind.Bar: DrawBars(plot, data); break;
            default: DrawSeries(plot, plan.Series(data)); break;
        }
        return new ChartPanel(plot, fonts) { XLabel = plan.XLabel, YLabel = plan.YLabel, XCategories = Categories(plan.X), YCategories = Categories(plan.Y) };
    }

    private List<ChartSeries> Everything => everything ??= plan.SeriesOfPanels(all);

    private static int? Categories(ChartScale scale) => scale.Kind == ScaleKind.Category ? scale.Labels.Count : null;

    private Color ColorOf(string name) => ChartStyle.ColorOf(plan.PlaceOf(name), plan.Names.Count);

    private void DrawSeries(Plot plot, List<ChartSeries> drawn)
    {
        if (plan.Kind == ChartKind.Scatter) DrawPoints(plot, drawn);
        else DrawLines(plot, drawn);
        // The margin that an axis has around a single number is lost in the rounding of a large one. Panels share their axes.
        List<ChartSeries> shown = options.Facet is null ? drawn : Everything;
        (double Low, double High)? x = ChartScale.AroundSingle(shown.SelectMany(series => series.X)), y = ChartScale.AroundSingle(shown.SelectMany(Ends));
        if (x is null && y is null) return;
        plot.Axes.AutoScale();
        if (x is var (left, right)) plot.Axes.SetLimitsX(left, right);
        if (y is var (bottom, top)) plot.Axes.SetLimitsY(bottom, top);
    }

    private void DrawLines(Plot plot, List<ChartSeries> drawn)
    {
        foreach (ChartSeries series in drawn)
        {
            Color color = ColorOf(series.Name);
            foreach ((int start, int length) in series.Stretches())
            {
                double[] xs = series.X[start..(start + length)];
                if (series.Low is not null) DrawBand(plot, xs, series.Low[start..(start + length)], series.High![start..(start + length)], series.Y[start..(start + length)], color);
                Scatter line = plot.Add.Scatter(xs, series.Y[start..(start + length)], color);
                line.LineWidth = 2;
                line.MarkerSize = length == 1 || series.X.Length <= 25 ? 6 : 0;
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

    private void DrawPoints(Plot plot, List<ChartSeries> drawn)
    {
        foreach (ChartSeries series in drawn)
        {
            (double X, double Y)[] points = [.. series.X.Zip(series.Y).Where(point => double.IsFinite(point.Second))];
            if (points.Length == 0) continue;
            Scatter cloud = plot.Add.ScatterPoints(Array.ConvertAll(points, point => point.X), Array.ConvertAll(points, point => point.Y), ColorOf(series.Name).WithAlpha(points.Length > 300 ? 0.5 : 0.85));
            cloud.MarkerSize = points.Length > 2000 ? 4 : 7;
            cloud.MarkerShape = ChartStyle.ShapeOf(plan.PlaceOf(series.Name));
        }
    }

    private void DrawBars(Plot plot, ChartData data)
    {
        List<ChartSeries> drawn = plan.Series(data);
        double width = 0.8 / plan.Names.Count, floor = options.LogY ? Math.Floor(Everything.SelectMany(Ends).DefaultIfEmpty(0).Min() - 0.1) : 0;
        foreach (ChartSeries series in drawn)
        {
            int place = plan.PlaceOf(series.Name);
            Bar[] bars =
            [
                .. Enumerable.Range(0, series.X.Length).Where(i => double.IsFinite(series.Y[i])).Select(i => new Bar
                {
                    Position = series.X[i] + (place - (plan.Names.Count - 1) / 2.0) * width,
                    Value = series.Y[i],
                    ValueBase = floor,
                    Size = width * 0.94,
                    FillColor = ColorOf(series.Name),
                    // A bar thinner than a pixel is still a line.
                    LineColor = ColorOf(series.Name),
                    LineWidth = plan.Names.Count * plan.X.Labels.Count > ManyBars ? 1 : 0,
                }),
            ];
            if (bars.Length == 0) continue;
            plot.Add.Bars(bars);
            if (series.Low is null) continue;
            for (int i = 0; i < series.X.Length; i++) DrawWhisker(plot, series.X[i] + (place - (plan.Names.Count - 1) / 2.0) * width, series.Low[i], series.High![i]);
        }
        // The axis ends where all bars start, if none ends beyond it.
        double[] ends = [floor, .. drawn.SelectMany(Ends)];
        double low = ends.Min(), high = ends.Max();
        if (low == high) high = low + 1;
        double margin = BarMargin * (high - low);
        plot.Axes.SetLimits(-0.6, plan.X.Labels.Count - 0.4, low < floor ? low - margin : low, high > floor ? high + margin : high);
    }

    private static IEnumerable<double> Ends(ChartSeries series) => series.Y.Concat(series.Low ?? []).Concat(series.High ?? []).Where(double.IsFinite);

    private static void DrawWhisker(Plot plot, double at, double low, double high)
    {
        if (!(high > low)) return;
        Scatter whisker = plot.Add.ScatterLine(new[] { at, at }, new[] { low, high }, ChartStyle.Ink);
        whisker.LineWidth = 1.5f;
    }

    private void DrawHistogram(Plot plot, ChartData data)
    {
        double[] edges = plan.Edges;
        double binWidth = edges[1] - edges[0], floor = plan.HistogramFloor(all.Count);
        foreach ((string name, double[] values, double[] counts) in plan.Histograms(data))
        {
            Color color = ColorOf(name);
            double[] heights = Array.ConvertAll(counts, plan.Y.Scaled);
            Bar[] bars =
            [
                .. Enumerable.Range(0, heights.Length).Where(i => double.IsFinite(heights[i])).Select(i => new Bar
                {
                    Position = (edges[i] + edges[i + 1]) / 2,
                    Value = heights[i],
                    ValueBase = plan.Y.Scaled(floor),
                    Size = binWidth,
                    FillColor = color.WithAlpha(plan.Names.Count > 1 ? 0.45 : options.Density ? 0.6 : 0.85),
                    LineColor = Colors.White,
                    LineWidth = heights.Length > 120 ? 0 : 0.7f,
                }),
            ];
            plot.Add.Bars(bars);
            if (options.Density) DrawDensity(plot, values, floor, color);
        }
        plot.Axes.Margins(bottom: 0);
    }

    private void DrawDensity(Plot plot, double[] values, double floor, Color color)
    {
        (double[] at, double[] heights) = plan.DensityOf(values, floor);
        var density = new ChartSeries("", at, Array.ConvertAll(heights, plan.Y.Scaled), null, null);
        foreach ((int start, int length) in density.Stretches())
        {
            Scatter curve = plot.Add.ScatterLine(at[start..(start + length)], density.Y[start..(start + length)], color);
            curve.LineWidth = 2.5f;
        }
    }
}
