using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>What to know about a chart that is drawn as asked, but is hardly meant so.</summary>
public static class ChartHints
{
    private const string ErrorColumn = "StandardError", RunColumn = "RunId";

    /// <summary>Hints about a line or bar chart without the band that was asked for, and about a line chart of a single X.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="options">What to draw.</param>
    public static IEnumerable<string> Of(ChartData data, ChartOptions options)
    {
        ChartKind kind = options.EffectiveKind;
        if (kind is not (ChartKind.Line or ChartKind.Bar)) yield break;
        IReadOnlyList<object?> xs = data.Cells(options.X, "X");
        ChartScale x = ChartScale.Of(xs, options.LogX, categories: kind == ChartKind.Bar, options.X);
        double[][] lines = [.. Lines(data, options, row => x.Raw(xs[row]))];
        double[] places = [.. lines.SelectMany(line => line).Distinct().Take(2)];
        if (options.Band != ChartBand.None && places.Length > 0 && Array.TrueForAll(lines, line => line.Distinct().Count() == line.Length))
        {
            yield return $"No {(kind == ChartKind.Bar ? "bar" : "line")} has two rows with the same X ('{ShortText.Of(options.X)}'), so there is no {(kind == ChartKind.Bar ? "error bar" : "band")} to draw. "
                + (data.Columns.Contains(ErrorColumn, StringComparer.OrdinalIgnoreCase) ? "If the rows are means, as from Measure-ExperimentRun, use the rows of the runs instead, from Get-ExperimentRun." : "-Band needs several rows per X, such as those of runs with different seeds.");
        }
        if (kind == ChartKind.Line && places.Length == 1 && lines.Sum(line => line.Length) > 1)
        {
            yield return $"All rows have the same X: '{ShortText.Of(options.X)}' is {ShortText.Of(ChartScale.Name(xs.First(cell => x.Raw(cell) == places[0])))}. "
                + (data.Columns.Contains(RunColumn, StringComparer.OrdinalIgnoreCase) ? "If these are the last rows of runs, Get-ExperimentRun -Expand returns all of their rows, such as one per epoch." : "To compare the rows, use another column as X, or -Kind Bar.");
        }
    }

    // The X of each value of Y that can be drawn, per line or set of bars.
    private static IEnumerable<double[]> Lines(ChartData data, ChartOptions options, Func<int, double> place)
    {
        string[] groups = [.. options.GroupBy, .. options.Facet is { } facet ? new[] { facet } : []];
        foreach (ChartGroup group in ChartGroup.Of(data, groups))
        {
            foreach (string column in options.Y)
            {
                IReadOnlyList<object?> ys = data.Cells(column, "Y");
                yield return [.. group.Rows.Where(row => ChartScale.Read(ys[row]) is double and not (double.NaN or double.PositiveInfinity or double.NegativeInfinity) or DateTime).Select(place).Where(double.IsFinite)];
            }
        }
    }
}
