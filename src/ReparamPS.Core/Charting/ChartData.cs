using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Charting;

/// <summary>The rows of a chart, column by column.</summary>
public sealed class ChartData
{
    private const string CommaHint = " To read numbers with a decimal comma, use Import-ExperimentData -DecimalComma; add -Delimiter ',' if commas separate the fields too.";

    private readonly Dictionary<string, List<object?>> columns = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> names = [];
    private readonly Dictionary<string, int> flat = new(StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> durations = new(StringComparer.OrdinalIgnoreCase);

    private ChartData? whole;

    /// <summary>The rows of the chart, of which these may be one panel's.</summary>
    internal ChartData Whole => whole ?? this;

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
    /// <exception cref="ArgumentException">The column does not exist, and the message lists the existing ones; or it holds what is not flat, such as a list.</exception>
    public IReadOnlyList<object?> Cells(string name, string parameter)
    {
        if (!columns.TryGetValue(name, out List<object?>? cells))
        {
            throw new ArgumentException($"{parameter}: the rows have no column '{ShortText.Of(name)}'; they have {(names.Count == 0 ? "none" : ShortText.List(names))}.{UnknownColumn.Hint(name, names, column => columns[column].FirstOrDefault())}", parameter);
        }
        while (cells.Count < Count) cells.Add(null);
        // Here, where the column is known by name, and once for each cell.
        for (int i = flat.GetValueOrDefault(name); i < cells.Count; i++)
        {
            if (cells[i] is TimeSpan) Whole.durations.Add(name);
            cells[i] = cells[i] is TimeSpan duration ? duration.TotalSeconds : ExperimentValue.Normalize(cells[i], name);
            flat[name] = i + 1;
        }
        return cells;
    }

    /// <summary>A column's name as a label: durations have their unit, seconds.</summary>
    internal string LabelOf(string name) => Whole.durations.Contains(name) ? $"{name} (s)" : name;

    /// <summary>Whether a column exists and holds a list, which no chart can show.</summary>
    /// <param name="name">The column.</param>
    public bool HoldsList(string name) => columns.TryGetValue(name, out List<object?>? cells) && cells.Exists(cell => cell is System.Collections.IList);

    /// <summary>The error of columns that must hold numbers, or dates if X is to be counted.</summary>
    /// <param name="parameter">What names the columns.</param>
    /// <param name="named">The columns, one of which holds something else, or no number.</param>
    /// <param name="isLogarithmic">Whether their axis is logarithmic.</param>
    internal ArgumentException NotNumeric(string parameter, IReadOnlyList<string> named, bool isLogarithmic = false)
    {
        string allowed = parameter == "Y" ? "columns of numbers" : "a column of numbers";
        foreach (string name in named)
        {
            object[] others = [.. Cells(name, parameter).Select(ChartScale.Read).Where(cell => cell is not (null or double)).OfType<object>()];
            if (others.Length == 0) continue;
            string text = ChartScale.Name(others.OfType<string>().FirstOrDefault() ?? others[0]);
            return new ArgumentException($"{(parameter == "X" ? "X must name a column of only numbers or only dates for a histogram" : $"{parameter} must name {allowed}")}; column '{ShortText.Of(name)}' holds '{ShortText.Of(text)}'.{(HasDecimalComma(text) ? CommaHint : "")}", parameter);
        }
        string columns = $"{parameter}: {ColumnsOf(named)} {(named.Count == 1 ? "holds" : "hold")} no";
        return new ArgumentException(LimitOf(parameter, named, isLogarithmic) is { } limit ? $"{columns} numbers to draw, because {limit}" : $"{columns} finite numbers to draw.", parameter);
    }

    private static bool HasDecimalComma(string text) => text.Contains(',', StringComparison.Ordinal) && !text.Contains('.', StringComparison.Ordinal) && ExperimentValue.Parse(text.Replace(',', '.')) is double or decimal;

    /// <summary>The error of a chart without a row.</summary>
    internal ArgumentException NoRows() => new("No rows came from the pipeline, so there is nothing to draw.", "InputObject");

    /// <summary>The error of a chart without a point.</summary>
    internal ArgumentException NothingToDraw(ChartOptions options)
    {
        (string Parameter, IReadOnlyList<string> Named)[] axes = [("X", [options.X]), ("Y", options.Y)];
        string? ofX = LimitOf("X", [options.X], options.LogX), ofY = LimitOf("Y", options.Y, options.LogY, options.IsAveraged && EmptinessOf([options.X]) is null);
        (string parameter, string reason) = (ofX, ofY) switch
        {
            ({ } x, { } y) => ("Y", $"{x} Also, {y}"),
            ({ } x, null) => ("X", x),
            (null, { } y) => ("Y", y),
            _ when axes.Select(axis => (axis.Parameter, axis.Named, Why: EmptinessOf(axis.Named))).LastOrDefault(axis => axis.Why is not null) is { Why: { } why } empty =>
                (empty.Parameter, $"{ColumnsOf(empty.Named)} {(empty.Named.Count == 1 ? "is" : "are")} {why} in every row."),
            _ => ("Y", $"no row has values in both {ColumnsOf([options.X])} and {(options.Y.Count > 1 ? "one of " : "")}{ColumnsOf(options.Y)}."),
        };
        return new ArgumentException($"There is nothing to draw: {reason}", parameter);
    }

    private static string ColumnsOf(IReadOnlyList<string> named) => named.Count == 1 ? $"column '{ShortText.Of(named[0])}'" : $"the columns {ShortText.List(named)}";

    // Why no cell of the columns can be drawn; null if one can.
    private string? EmptinessOf(IReadOnlyList<string> named)
    {
        if (named.Count == 0) return null;
        string?[] kinds = [.. named.SelectMany(name => Cells(name, name)).Select(ChartScale.Read)
            .Select(cell => cell is null ? "empty" : cell is double number && !double.IsFinite(number) ? (double.IsNaN(number) ? "NaN" : "infinite") : null).Distinct()];
        return kinds.Contains(null) ? null : string.Join(" or ", kinds);
    }

    // What an axis can show, and what to do, if the columns have numbers that it can't.
    private string? LimitOf(string parameter, IReadOnlyList<string> named, bool isLogarithmic, bool averaged = false)
    {
        double[] numbers = [.. named.SelectMany(name => Cells(name, name)).Select(ChartScale.Read).OfType<double>().Where(double.IsFinite)];
        if (!isLogarithmic) return Array.Exists(numbers, number => Math.Abs(number) > ChartScale.MaxLinear) ? $"a linear axis can show only numbers from -1e300 to 1e300; {ColumnsOf(named)} {(named.Count == 1 ? "holds" : "hold")} others." : null;
        if (numbers.Length == 0) return null;
        if (numbers.Max() is <= 0 and var largest) return $"a logarithmic axis can show only positive numbers; the largest value of {ColumnsOf(named)} is {ChartText.Number(largest)}. Leave out -Log{parameter}.";
        return averaged ? $"a logarithmic axis can show only positive means; {ColumnsOf(named)} {(named.Count == 1 ? "has" : "have")} none. Leave out -Log{parameter}." : null;
    }

    /// <summary>Some of the rows.</summary>
    internal ChartData Rows(IReadOnlyList<int> numbers)
    {
        var part = new ChartData { whole = Whole };
        // As they are: a column that the chart does not use may hold anything.
        List<object?>[] all = [.. names.Select(name => columns[name])];
        foreach (int row in numbers) part.Add(new ExperimentRow(names, Array.ConvertAll(all, cells => row < cells.Count ? cells[row] : null)));
        return part;
    }
}
