using ReparamPS.Data;
using ReparamPS.Numerics.Statistics;

namespace ReparamPS.Charting;

/// <summary>One line, cloud or row of bars: places on both axes, in the order of X, with the band around them if there is one.</summary>
/// <param name="Name">The name in the legend.</param>
/// <param name="X">Places on the horizontal axis.</param>
/// <param name="Y">Places on the vertical axis; NaN is a gap.</param>
/// <param name="Low">The band's lower edge; null without a band.</param>
/// <param name="High">The band's upper edge; null without a band.</param>
internal sealed record ChartSeries(string Name, double[] X, double[] Y, double[]? Low, double[]? High)
{
    /// <summary>All series of a chart.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">What to draw.</param>
    /// <param name="x">The horizontal scale.</param>
    /// <param name="y">The vertical scale.</param>
    /// <param name="average">Whether rows of one place and group become one, their mean.</param>
    public static List<ChartSeries> Of(ChartData data, ChartOptions options, ChartScale x, ChartScale y, bool average)
    {
        IReadOnlyList<object?> xs = data.Cells(options.X, "X");
        List<ChartSeries> made = [];
        foreach (ChartGroup group in ChartGroup.Of(data, options.GroupBy))
        {
            foreach (string column in options.Y)
            {
                IReadOnlyList<object?> ys = data.Cells(column, "Y");
                (double X, double Y)[] points =
                [
                    .. group.Rows.Select(row => (X: x.Place(xs[row]), Y: y.Raw(ys[row])))
                        .Where(point => double.IsFinite(point.X))
                        .OrderBy(point => point.X),
                ];
                string name = NameOf(group, options.Y.Count, column);
                made.Add(average ? Averaged(name, points, options.Band, y) : Plain(name, points, y));
            }
        }
        return made;
    }

    /// <summary>The names of a group's series, one for each column.</summary>
    public static IEnumerable<string> Names(ChartGroup group, IReadOnlyList<string> columns) => columns.Select(column => NameOf(group, columns.Count, column));

    private static string NameOf(ChartGroup group, int columns, string column) =>
        group.Name is null ? column : columns == 1 ? group.Name : $"{column}, {group.Name}";

    private static ChartSeries Plain(string name, (double X, double Y)[] points, ChartScale y) =>
        new(name, Array.ConvertAll(points, point => point.X), Array.ConvertAll(points, point => y.Scaled(point.Y)), null, null);

    private static ChartSeries Averaged(string name, (double X, double Y)[] points, ChartBand band, ChartScale y)
    {
        List<double> xs = [], means = [], lows = [], highs = [];
        foreach (IGrouping<double, (double X, double Y)> place in points.GroupBy(point => point.X))
        {
            double[] values = [.. place.Select(point => point.Y).Where(double.IsFinite)];
            double unit = Histogram.Unit(values);
            Moments moments = Moments.Of(Array.ConvertAll(values, value => value / unit));
            double mean = moments.Mean * unit, error = values.Length < 2 ? 0 : moments.StandardError * unit;
            xs.Add(place.Key);
            means.Add(y.Scaled(mean));
            lows.Add(y.Scaled(band == ChartBand.MinMax && values.Length > 0 ? values.Min() : mean - error));
            highs.Add(y.Scaled(band == ChartBand.MinMax && values.Length > 0 ? values.Max() : mean + error));
        }
        bool banded = band != ChartBand.None;
        return new ChartSeries(name, [.. xs], [.. means], banded ? [.. lows] : null, banded ? [.. highs] : null);
    }

    /// <summary>The stretches without a gap, as first index and length.</summary>
    public IEnumerable<(int Start, int Length)> Stretches()
    {
        int start = -1;
        for (int i = 0; i <= Y.Length; i++)
        {
            bool inside = i < Y.Length && double.IsFinite(Y[i]);
            if (inside && start < 0) start = i;
            if (inside || start < 0) continue;
            yield return (start, i - start);
            start = -1;
        }
    }
}

/// <summary>Rows that belong together, and what they are called.</summary>
/// <param name="Name">The name; null without grouping.</param>
/// <param name="Rows">The rows' numbers.</param>
internal sealed record ChartGroup(string? Name, IReadOnlyList<int> Rows)
{
    /// <summary>The groups in the order of their values, if these are numbers; otherwise in the order of the rows.</summary>
    public static IReadOnlyList<ChartGroup> Of(ChartData data, IReadOnlyList<string> columns)
    {
        if (columns.Count == 0) return [new ChartGroup(null, [.. Enumerable.Range(0, data.Count)])];
        IReadOnlyList<object?>[] cells = [.. columns.Select(column => data.Cells(column, "GroupBy"))];
        // The name of a number has the digits that tell it from the others, and must be the same in every panel.
        ChartScale[] order = [.. columns.Select(column => ChartScale.Of(data.Whole.Cells(column, "GroupBy"), logarithmic: false, categories: true, column))];
        var groups = new SortedDictionary<double[], List<int>>(Comparer<double[]>.Create(Compare));
        for (int row = 0; row < data.Count; row++)
        {
            double[] key = [.. order.Select((scale, i) => scale.Place(cells[i][row]))];
            if (!groups.TryGetValue(key, out List<int>? rows)) groups.Add(key, rows = []);
            rows.Add(row);
        }
        return [.. groups.Values.Select(rows => new ChartGroup(string.Join(", ", columns.Select((column, i) => Label(data.LabelOf(column), cells[i][rows[0]], order[i]))), rows))];
    }

    private static int Compare(double[]? a, double[]? b)
    {
        for (int i = 0; i < a!.Length; i++)
        {
            int order = a[i].CompareTo(b![i]);
            if (order != 0) return order;
        }
        return 0;
    }

    // A name speaks for itself; a number needs its column.
    private static string Label(string column, object? cell, ChartScale scale) => cell switch
    {
        string text when ExperimentValue.Parse(text) is string => text,
        double or float or decimal or DateTime or DateTimeOffset => $"{column} = {scale.Labels[(int)scale.Place(cell)]}",
        _ => $"{column} = {ChartScale.Name(cell)}",
    };
}
