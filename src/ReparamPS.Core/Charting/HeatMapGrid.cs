using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The mean of Z over two settings.</summary>
internal sealed class HeatMapGrid
{
    private readonly ChartOptions options;
    private readonly string column;
    private readonly ChartScale z;

    /// <summary>Settles the axes and the range of the colors from the cells of all panels.</summary>
    /// <exception cref="ArgumentException">The columns do not make a heat map.</exception>
    public HeatMapGrid(ChartData data, ChartOptions options)
    {
        this.options = options;
        column = options.Z ?? throw options.Lacks(nameof(options.Z), data.Columns);
        if (options.Y.Count != 1) throw new ArgumentException($"Y must name exactly one column for a heat map, its vertical axis; got {options.Y.Count}: {ShortText.List(options.Y)}.", nameof(options));
        if (options.LogX || options.LogY) throw new ArgumentException("LogX and LogY do not apply to heat maps, whose axes are categories. Leave them out.", nameof(options));
        X = ChartScale.Of(data.Cells(options.X, "X"), false, categories: true, options.X);
        Y = ChartScale.Of(data.Cells(options.Y[0], "Y"), false, categories: true, options.Y[0]);
        z = ChartScale.Of(data.Cells(column, "Z"), false, false, column);
        if (z.Kind != ScaleKind.Number) throw data.NotNumeric("Z", [column]);
        double[] values = [.. ChartPanels.Parts(data, options.Facet).SelectMany(part => Cells(part).Cast<double>()).Where(double.IsFinite)];
        if (values.Length == 0) throw data.NotNumeric("Z", [column]);
        (Low, High) = values.Min() < values.Max() ? (values.Min(), values.Max()) : ChartScale.Around(values[0], 0.5);
        (XLabel, YLabel, ZLabel) = (options.XLabel ?? data.LabelOf(options.X), options.YLabel ?? data.LabelOf(options.Y[0]), data.LabelOf(column));
        Skipped.Count(data.Cells(options.X, "X"), X);
        Skipped.Count(data.Cells(options.Y[0], "Y"), Y);
        Skipped.Count(data.Cells(column, "Z"), z);
    }

    /// <summary>The horizontal categories.</summary>
    public ChartScale X { get; }

    /// <summary>The vertical categories, from below.</summary>
    public ChartScale Y { get; }

    /// <summary>The label of the horizontal axis.</summary>
    public string XLabel { get; }

    /// <summary>The label of the vertical axis.</summary>
    public string YLabel { get; }

    /// <summary>The label of the colors.</summary>
    public string ZLabel { get; }

    /// <summary>The smallest mean.</summary>
    public double Low { get; }

    /// <summary>The largest mean.</summary>
    public double High { get; }

    /// <summary>The values that are not drawn.</summary>
    public SkippedValues Skipped { get; } = new();

    /// <summary>The means of some of the rows, [row from below, column]; NaN is an empty cell.</summary>
    public double[,] Cells(ChartData data)
    {
        IReadOnlyList<object?> xs = data.Cells(options.X, "X"), ys = data.Cells(options.Y[0], "Y"), zs = data.Cells(column, "Z");
        double[,] sums = new double[Y.Labels.Count, X.Labels.Count], counts = new double[Y.Labels.Count, X.Labels.Count];
        for (int i = 0; i < data.Count; i++)
        {
            (double place, double row, double value) = (X.Place(xs[i]), Y.Place(ys[i]), z.Place(zs[i]));
            if (double.IsNaN(place) || double.IsNaN(row) || double.IsNaN(value)) continue;
            sums[(int)row, (int)place] += value;
            counts[(int)row, (int)place]++;
        }
        for (int row = 0; row < sums.GetLength(0); row++)
        {
            // Nothing over nothing is NaN: an empty cell.
            for (int place = 0; place < sums.GetLength(1); place++) sums[row, place] /= counts[row, place];
        }
        return sums;
    }
}
