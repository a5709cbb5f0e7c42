using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Common.Rows;

/// <summary>
/// The columns of several rows in one order. Export-Csv and Format-Table take the columns from the first row, so that rows of one table should have the same.
/// </summary>
internal sealed class CommonColumns
{
    private readonly List<string> names = [];
    private readonly HashSet<string> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds the columns of a row that are new, each behind the column that stands before it in the row.</summary>
    public void Add(IReadOnlyList<string> columns)
    {
        if (columns.All(known.Contains)) return;
        int next = 0;
        foreach (string column in columns)
        {
            if (known.Add(column)) names.Insert(next, column);
            next = names.FindIndex(name => name.Equals(column, StringComparison.OrdinalIgnoreCase)) + 1;
        }
    }

    /// <summary>The row with all columns; those that it lacks hold null.</summary>
    public ExperimentRow Fill(ExperimentRow row) => row.Columns.SequenceEqual(names) ? row : new ExperimentRow(names, [.. names.Select(name => row[name])]);
}
