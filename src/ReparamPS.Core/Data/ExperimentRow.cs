namespace ReparamPS.Data;

/// <summary>
/// One flat row of an experiment's table: names and their values. Rows of one table can share a list of columns, which makes them cheap
/// to write.
/// </summary>
/// <param name="Columns">The names, without duplicates.</param>
/// <param name="Values">One value per column: a number, a string, a Boolean, a date, or null.</param>
public sealed record ExperimentRow(IReadOnlyList<string> Columns, IReadOnlyList<object?> Values)
{
    /// <summary>The name of a column in a file. One without a name is called by its number, since a property cannot have an empty name.</summary>
    internal static string NameOf(string name, int index) => name.Length > 0 ? name : $"Column{index + 1}";

    /// <summary>The value of a column; null if the row has no such column.</summary>
    public object? this[string column]
    {
        get
        {
            for (int i = 0; i < Columns.Count; i++)
            {
                if (string.Equals(Columns[i], column, StringComparison.OrdinalIgnoreCase)) return Values[i];
            }
            return null;
        }
    }
}
