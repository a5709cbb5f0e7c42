using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The rows of a chart, column by column.</summary>
public sealed class ChartData
{
    private readonly Dictionary<string, List<object?>> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> names = [];

    /// <summary>Number of rows.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a row. A column that other rows lack is empty there.</summary>
    public void Add(ExperimentRow row)
    {
        for (int i = 0; i < row.Columns.Count; i++)
        {
            if (!columns.TryGetValue(row.Columns[i], out List<object?>? cells))
            {
                cells = [];
                columns.Add(row.Columns[i], cells);
                names.Add(row.Columns[i]);
            }
            while (cells.Count < Count) cells.Add(null);
            if (cells.Count == Count) cells.Add(row.Values[i]);
        }
        Count++;
    }

    /// <summary>The names of the columns, in their order.</summary>
    public IReadOnlyList<string> Columns => names;

    /// <summary>A column's cells.</summary>
    /// <param name="name">The column.</param>
    /// <param name="parameter">What asks for it, for the error.</param>
    /// <exception cref="ArgumentException">The column does not exist; the message lists the existing ones.</exception>
    public IReadOnlyList<object?> Cells(string name, string parameter)
    {
        if (!columns.TryGetValue(name, out List<object?>? cells))
        {
            throw new ArgumentException($"{parameter}: the rows have no column '{ShortText.Of(name)}'; they have {ShortText.List(names)}.{NearNames.Hint(name, names)}", parameter);
        }
        while (cells.Count < Count) cells.Add(null);
        return cells;
    }

    /// <summary>The error of columns that must hold numbers.</summary>
    /// <param name="parameter">What names the columns.</param>
    /// <param name="named">The columns, one of which holds something else, or no number.</param>
    internal ArgumentException NotNumeric(string parameter, IReadOnlyList<string> named)
    {
        foreach (string name in named)
        {
            if (Cells(name, parameter).FirstOrDefault(cell => ChartScale.Read(cell) is not (null or double)) is { } other)
                return new ArgumentException($"{parameter} must name {(parameter == "Y" ? "columns" : "a column")} of numbers; '{ShortText.Of(name)}' holds '{ShortText.Of(ChartScale.Name(other))}'.", parameter);
        }
        return new ArgumentException($"{parameter}: column '{ShortText.Of(string.Join(", ", named))}' holds no numbers to draw.{LimitOf(named)}", parameter);
    }

    /// <summary>The error of a chart without a point.</summary>
    internal ArgumentException NothingToDraw(ChartOptions options) =>
        new($"There is nothing to draw: '{ShortText.Of(options.X)}' or '{ShortText.List(options.Y)}' has no values to draw.{LimitOf([options.X, .. options.Y])}", nameof(options));

    private string LimitOf(IEnumerable<string> named) =>
        named.Any(name => Cells(name, name).Any(cell => ChartScale.Read(cell) is double number && double.IsFinite(number) && Math.Abs(number) > ChartScale.MaxLinear)) ? " A linear axis can show only numbers from -1e300 to 1e300." : "";

    /// <summary>Some of the rows.</summary>
    internal ChartData Rows(IReadOnlyList<int> numbers)
    {
        var part = new ChartData();
        IReadOnlyList<object?>[] all = [.. names.Select(name => Cells(name, name))];
        foreach (int row in numbers) part.Add(new ExperimentRow(names, Array.ConvertAll(all, cells => cells[row])));
        return part;
    }
}
