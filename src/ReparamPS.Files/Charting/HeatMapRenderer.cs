using ScottPlot;
using ScottPlot.Plottables;

namespace ReparamPS.Charting;

/// <summary>Draws the mean of Z over two settings as colors.</summary>
internal sealed class HeatMapRenderer
{
    // More numbers than this nobody reads.
    private const int LabelledCells = 150;

    private readonly ChartOptions options;
    private readonly string column;
    private readonly ChartScale x;
    private readonly ChartScale y;
    private readonly ScottPlot.Range range;

    /// <summary>Settles the axes and the colors from all rows.</summary>
    public HeatMapRenderer(ChartData data, ChartOptions options)
    {
        this.options = options;
        column = options.Z ?? throw new ArgumentException("Z: a heat map needs the column that its colors show.", nameof(options));
        if (options.Y.Count != 1) throw new ArgumentException("Y: a heat map needs exactly one column for its vertical axis.", nameof(options));
        if (options.LogX || options.LogY) throw new ArgumentException("LogX, LogY: a heat map's axes are categories, which have no logarithm.", nameof(options));
        x = ChartScale.Of(data.Cells(options.X, "X"), false, categories: true, options.X);
        y = ChartScale.Of(data.Cells(options.Y[0], "Y"), false, categories: true, options.Y[0]);
        double[] values = [.. Cells(data).Cast<double>().Where(double.IsFinite)];
        if (values.Length == 0) throw new ArgumentException($"Z: '{column}' holds no number.", nameof(options));
        range = values.Min() < values.Max() ? new ScottPlot.Range(values.Min(), values.Max()) : new ScottPlot.Range(values[0] - 0.5, values[0] + 0.5);
    }

    /// <summary>A panel of some of the rows.</summary>
    public Plot Draw(ChartData data)
    {
        double[,] cells = Cells(data);
        var plot = new Plot();
        ChartStyle.Apply(plot);
        plot.Grid.MajorLineWidth = 0;
        plot.XLabel(options.XLabel ?? options.X, ChartStyle.LabelSize);
        plot.YLabel(options.YLabel ?? options.Y[0], ChartStyle.LabelSize);
        plot.Axes.Bottom.TickGenerator = ChartTicks.Of(x, false);
        plot.Axes.Left.TickGenerator = ChartTicks.Of(y, false);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        Heatmap map = plot.Add.Heatmap(cells);
        map.Colormap = new ScottPlot.Colormaps.Viridis();
        map.NaNCellColor = Color.FromHex("#EEEEEE");
        map.ManualRange = range;
        ChartStyle.Apply(plot.Add.ColorBar(map), column);
        plot.Axes.Margins(0, 0);
        if (cells.Length <= LabelledCells) DrawNumbers(plot, cells, map.Colormap);
        return plot;
    }

    private void DrawNumbers(Plot plot, double[,] cells, IColormap colors)
    {
        for (int row = 0; row < cells.GetLength(0); row++)
        {
            for (int place = 0; place < cells.GetLength(1); place++)
            {
                if (!double.IsFinite(cells[row, place])) continue;
                Text text = plot.Add.Text(Short(cells[row, place]), place, cells.GetLength(0) - 1 - row);
                text.LabelFontSize = ChartStyle.TickSize;
                text.LabelAlignment = Alignment.MiddleCenter;
                Color under = colors.GetColor((cells[row, place] - range.Min) / (range.Max - range.Min));
                text.LabelFontColor = 0.3 * under.R + 0.59 * under.G + 0.11 * under.B > 130 ? Colors.Black : Colors.White;
            }
        }
    }

    private static string Short(double value) => ChartText.Number(value == 0 ? 0 : double.Parse(value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture));

    // The first row is the topmost.
    private double[,] Cells(ChartData data)
    {
        IReadOnlyList<object?> xs = data.Cells(options.X, "X"), ys = data.Cells(options.Y[0], "Y"), zs = data.Cells(column, "Z");
        ChartScale z = ChartScale.Of(zs, false, false, column);
        if (z.Kind != ScaleKind.Number) throw new ArgumentException($"Z: the values of '{column}' must be numbers.", column);
        double[,] sums = new double[y.Labels.Count, x.Labels.Count], counts = new double[y.Labels.Count, x.Labels.Count];
        for (int i = 0; i < data.Count; i++)
        {
            (double place, double row, double value) = (x.Place(xs[i]), y.Place(ys[i]), z.Place(zs[i]));
            if (double.IsNaN(place) || double.IsNaN(row) || double.IsNaN(value)) continue;
            sums[y.Labels.Count - 1 - (int)row, (int)place] += value;
            counts[y.Labels.Count - 1 - (int)row, (int)place]++;
        }
        for (int row = 0; row < sums.GetLength(0); row++)
        {
            // Nothing over nothing is NaN: an empty cell.
            for (int place = 0; place < sums.GetLength(1); place++) sums[row, place] /= counts[row, place];
        }
        return sums;
    }
}
