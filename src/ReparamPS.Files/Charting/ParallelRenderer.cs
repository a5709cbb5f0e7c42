using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace ReparamPS.Charting;

/// <summary>Draws each row as a line across parallel axes, one for each column, colored by a number or by group.</summary>
internal sealed class ParallelRenderer
{
    private const double LogarithmicFrom = 100, Overhang = 0.03;

    private readonly ChartOptions options;
    private readonly Axis[] axes;
    private readonly ChartScale? shade;
    private readonly string shadeColumn;
    private readonly ScottPlot.Range shades;
    private readonly IColormap colors = new ScottPlot.Colormaps.Viridis();

    /// <summary>Settles axes and colors from all rows.</summary>
    public ParallelRenderer(ChartData data, ChartOptions options)
    {
        this.options = options;
        if (options.LogX || options.LogY) throw new ArgumentException("LogX, LogY: parallel axes choose by themselves: one whose values are positive and span two decades is logarithmic.", nameof(options));
        axes = [.. options.Y.Prepend(options.X).Select(column => Axis.Of(column, data.Cells(column, "Y")))];
        shadeColumn = options.Z ?? axes[^1].Column;
        if (options.GroupBy.Count > 0 && options.Z is null) return;
        IReadOnlyList<object?> cells = data.Cells(shadeColumn, "Z");
        ChartScale scale = ChartScale.Of(cells, false, categories: false, shadeColumn);
        double[] values = [.. cells.Select(scale.Place).Where(double.IsFinite)];
        if (scale.Kind == ScaleKind.Number && values.Length > 0) (shade, shades) = (scale, new ScottPlot.Range(values.Min(), Math.Max(values.Max(), values.Min() + double.Epsilon)));
        else if (options.Z is not null) throw new ArgumentException($"Z: the values of '{shadeColumn}' must be numbers.", nameof(options));
    }

    /// <summary>A panel of some of the rows.</summary>
    public Plot Draw(ChartData data)
    {
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.Grid.MajorLineWidth = 0;
        plot.Axes.Left.TickGenerator = new NumericManual([], []);
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.FrameLineStyle.Width = 0;
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Bottom.TickLabelStyle.FontSize = ChartStyle.LabelSize;
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. Enumerable.Range(0, axes.Length).Select(i => (double)i)], [.. axes.Select(axis => axis.Column)]);
        DrawRows(plot, data);
        for (int i = 0; i < axes.Length; i++) DrawAxis(plot, i);
        if (options.Z is not null) ChartStyle.Apply(plot.Add.ColorBar(new Shades(shades, colors)), shadeColumn);
        plot.Axes.SetLimits(-0.25, axes.Length - 0.75 + 0.25, -2 * Overhang, 1 + 2 * Overhang);
        return plot;
    }

    private void DrawRows(Plot plot, ChartData data)
    {
        IReadOnlyList<object?>[] cells = [.. axes.Select(axis => data.Cells(axis.Column, "Y"))];
        IReadOnlyList<object?> shaded = data.Cells(shadeColumn, "Z");
        IReadOnlyList<ChartGroup> groups = ChartGroup.Of(data, shade is null ? options.GroupBy : []);
        for (int place = 0; place < groups.Count; place++)
        {
            string legend = groups[place].Name ?? "";
            // Larger values lie on top, as light colors on dark ones.
            foreach (int row in shade is null ? (IEnumerable<int>)groups[place].Rows : groups[place].Rows.OrderBy(row => shade.Place(shaded[row])))
            {
                double value = shade?.Place(shaded[row]) ?? 0;
                if (double.IsNaN(value)) continue;
                Color color = shade is null ? ChartStyle.ColorOf(place, groups.Count) : colors.GetColor((value - shades.Min) / Math.Max(shades.Max - shades.Min, double.Epsilon));
                (double X, double Y)[] points = [.. axes.Select((axis, i) => ((double)i, axis.Height(cells[i][row]))).Where(point => double.IsFinite(point.Item2))];
                if (points.Length < 2) continue;
                Scatter line = plot.Add.ScatterLine(Array.ConvertAll(points, point => point.X), Array.ConvertAll(points, point => point.Y), color.WithAlpha(data.Count > 200 ? 0.4 : 0.75));
                line.LineWidth = data.Count > 200 ? 1 : 1.8f;
                line.LegendText = legend;
                legend = "";
            }
        }
    }

    private void DrawAxis(Plot plot, int place)
    {
        Scatter axis = plot.Add.ScatterLine(new double[] { place, place }, new[] { -Overhang, 1 + Overhang }, ChartStyle.Ink);
        axis.LineWidth = 1.3f;
        foreach ((double height, string label) in axes[place].Ticks())
        {
            Text text = plot.Add.Text(label, place, height);
            text.LabelFontSize = ChartStyle.TickSize;
            text.LabelFontColor = ChartStyle.Ink;
            text.LabelAlignment = Alignment.MiddleRight;
            text.OffsetX = -5;
            text.LabelBackgroundColor = Colors.White.WithAlpha(0.75);
        }
    }

    private sealed record Shades(ScottPlot.Range Range, IColormap Colormap) : IHasColorAxis
    {
        public ScottPlot.Range GetRange() => Range;
    }

    /// <summary>One axis: a column, and where its values stand between 0 and 1.</summary>
    private sealed record Axis(string Column, ChartScale Scale, double Low, double High, IReadOnlyList<double> Ticked)
    {
        private const int MostValues = 8;

        public static Axis Of(string column, IReadOnlyList<object?> cells)
        {
            ChartScale scale = ChartScale.Of(cells, false, categories: false, column);
            double[] raw = [.. cells.Select(scale.Raw).Where(double.IsFinite)];
            if (raw.Length == 0) throw new ArgumentException($"Y: '{column}' holds no value to draw.", nameof(cells));
            if (scale.Kind == ScaleKind.Number && raw.Min() > 0 && raw.Max() / raw.Min() >= LogarithmicFrom) scale = ChartScale.Of(cells, true, categories: false, column);
            double[] places = [.. raw.Select(scale.Scaled).Distinct().Order()];
            // The values themselves if they are few, as in a grid; otherwise five ticks from end to end.
            double[] ticked = places.Length <= MostValues ? places : [.. Enumerable.Range(0, 5).Select(i => places[0] + (places[^1] - places[0]) * i / 4)];
            return new Axis(column, scale, places[0], places[^1], ticked);
        }

        public double Height(object? cell) => At(Scale.Place(cell));

        public IEnumerable<(double Height, string Label)> Ticks() => Scale.Kind == ScaleKind.Category
            ? Scale.Labels.Select((label, i) => (At(i), label))
            : Ticked.Select(place => (At(place), Text(place)));

        private double At(double place) => High > Low ? (place - Low) / (High - Low) : double.IsNaN(place) ? place : 0.5;

        private string Text(double place) => Scale.Kind == ScaleKind.Date
            ? ChartScale.Name(DateTime.FromOADate(place).Date)
            : ChartText.Number(Math.Round(Scale.IsLogarithmic ? Math.Pow(10, place) : place, Digits(Scale.IsLogarithmic ? Math.Pow(10, place) : High - Low)));

        // Three digits of the smallest difference.
        private static int Digits(double size) => (int)Math.Clamp(2 - Math.Floor(Math.Log10(Math.Abs(size))), 0, 15);
    }
}
