using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace ReparamPS.Charting;

/// <summary>Draws each row as a line across parallel axes, one for each column, colored by a number or by group.</summary>
internal sealed class ParallelRenderer : IPanelRenderer
{
    private const double Overhang = 0.03, FirstShare = 0.6, LabelShare = 0.55;
    private const float Space = 5;

    private readonly ChartOptions options;
    private readonly ChartFonts fonts;
    private readonly ParallelAxes axes;
    private readonly IColormap colors = new ScottPlot.Colormaps.Viridis();

    /// <summary>Settles axes and colors from all rows.</summary>
    public ParallelRenderer(ChartData data, ChartOptions options, ChartFonts fonts)
    {
        (this.options, this.fonts) = (options, fonts);
        axes = new ParallelAxes(data, options);
        Legend = [.. axes.Names.Select((name, i) => new LegendEntry(name, ChartStyle.ColorOf(i, axes.Names.Count), LegendMark.Line))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LegendEntry> Legend { get; }

    /// <inheritdoc/>
    public SkippedValues Skipped => axes.Skipped;

    /// <inheritdoc/>
    public ChartPanel Draw(ChartData data)
    {
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.Grid.MajorLineWidth = 0;
        plot.Axes.Left.TickGenerator = new NumericManual([], []);
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.FontSize = ChartStyle.LabelSize;
        int count = axes.Axes.Count;
        plot.Axes.Bottom.TickGenerator = new FittedTicks(new NumericManual([.. Enumerable.Range(0, count).Select(i => (double)i)], [.. axes.Axes.Select(axis => axis.Label)]), fonts, names: true);
        DrawRows(plot, data);
        var panel = new ChartPanel(plot, fonts) { FitMarks = area => DrawAxes(plot, area), ColorLabel = axes.ShadeLabel };
        if (options.Z is not null)
        {
            (double low, double high) = axes.Low < axes.High ? (axes.Low, axes.High) : ChartScale.Around(axes.Low, 0.5);
            panel.Colors = ChartStyle.AddColors(plot, low, high, colors, fonts);
        }
        // The labels of the first axis are to its left.
        plot.Axes.SetLimits(-FirstShare, count - 1 + 0.1, -2 * Overhang, 1 + 2 * Overhang);
        return panel;
    }

    private void DrawRows(Plot plot, ChartData data)
    {
        IReadOnlyList<object?>[] cells = [.. axes.Axes.Select(axis => data.Cells(axis.Column, "Y"))];
        IReadOnlyList<object?> shaded = data.Cells(axes.ShadeColumn, "Z");
        foreach ((ChartGroup group, int place) in axes.Groups(data))
        {
            // Larger values lie on top, as light colors on dark ones.
            foreach (int row in axes.Shade is null ? (IEnumerable<int>)group.Rows : group.Rows.OrderBy(row => axes.Shade.Place(shaded[row])))
            {
                double value = axes.Shade?.Place(shaded[row]) ?? 0;
                if (double.IsNaN(value)) continue;
                Color color = axes.Shade is null ? ChartStyle.ColorOf(place, axes.Names.Count) : colors.GetColor(axes.ShadeOf(value));
                (double X, double Y)[] points = [.. axes.Axes.Select((axis, i) => ((double)i, axis.Height(cells[i][row]))).Where(point => double.IsFinite(point.Item2))];
                if (points.Length < 2) continue;
                Scatter line = plot.Add.ScatterLine(Array.ConvertAll(points, point => point.X), Array.ConvertAll(points, point => point.Y), color.WithAlpha(data.Count > 200 ? 0.4 : 0.75));
                line.LineWidth = data.Count > 200 ? 1 : 1.8f;
            }
        }
    }

    private void DrawAxes(Plot plot, PixelRect area)
    {
        float height = (float)(area.Height / (1 + 4 * Overhang)), spacing = (float)(area.Width / (axes.Axes.Count - 1 + FirstShare + 0.1));
        for (int place = 0; place < axes.Axes.Count; place++)
        {
            Scatter line = plot.Add.ScatterLine(new double[] { place, place }, new[] { -Overhang, 1 + Overhang }, ChartStyle.Ink);
            line.LineWidth = 1.3f;
        }
        for (int place = 0; place < axes.Axes.Count; place++)
        {
            float room = (float)(place == 0 ? FirstShare : LabelShare) * spacing - 3 * Space;
            foreach ((double at, string label) in Apart(axes.Axes[place].Ticks(), height))
            {
                string fitted = fonts.Fit(label, ChartStyle.TickSize, room);
                if (fitted.Length > 0) DrawLabel(plot, fitted, place, at);
            }
        }
    }

    private void DrawLabel(Plot plot, string label, int place, double at)
    {
        string font = fonts.NameFor(label);
        Text text = plot.Add.Text(fonts.Drawn(label), place, at);
        text.LabelFontName = font;
        text.LabelFontSize = ChartStyle.TickSize;
        text.LabelFontColor = ChartStyle.Ink;
        text.LabelAlignment = Alignment.MiddleRight;
        text.OffsetX = -Space;
        // Lines pass behind the label.
        text.LabelBackgroundColor = Colors.White.WithAlpha(0.92);
    }

    // Every label, or every second one …, so that none covers its neighbor.
    private static IEnumerable<(double At, string Label)> Apart(IEnumerable<(double At, string Label)> ticks, float height)
    {
        (double At, string Label)[] sorted = [.. ticks.OrderBy(tick => tick.At)];
        float line = ChartFonts.LineHeight(ChartStyle.TickSize);
        for (int step = 1; ; step++)
        {
            (double At, string Label)[] kept = [.. sorted.Where((_, i) => i % step == 0)];
            if (kept.Zip(kept.Skip(1)).All(pair => (pair.Second.At - pair.First.At) * height >= line)) return kept;
        }
    }
}
