using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>
/// The columns that a table has settled on, and where each row keeps them. A column that a row lacks is null there; one that the table lacks is an error.
/// </summary>
internal sealed class TableColumns(IReadOnlyList<string> names)
{
    private IReadOnlyList<string>? lastColumns;
    private int[] lastPlaces = [];

    /// <summary>The names, in the table's order.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Refuses a table without columns: its rows have no properties.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static void CheckAny(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) throw new ArgumentException("The rows have no properties, but a table needs at least one column.", nameof(names));
    }

    /// <summary>A row's values in the table's order.</summary>
    public object?[] Arrange(ExperimentRow row, long number)
    {
        if (!ReferenceEquals(row.Columns, lastColumns)) Learn(row.Columns, number);
        object?[] values = new object?[Names.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (lastPlaces[i] >= 0) values[i] = ExperimentValue.Normalize(row.Values[lastPlaces[i]], Names[i]);
        }
        return values;
    }

    private void Learn(IReadOnlyList<string> columns, long number)
    {
        int[] places = new int[Names.Count];
        Array.Fill(places, -1);
        for (int i = 0; i < columns.Count; i++)
        {
            int place = IndexOf(columns[i]);
            if (place < 0)
            {
                throw new ArgumentException(
                    $"Row {number} has a column '{columns[i]}' that the table lacks; the table has {string.Join(", ", Names)}. "
                    + "Use only these columns, or write .jsonl, whose rows may differ.", nameof(columns));
            }
            places[place] = i;
        }
        (lastColumns, lastPlaces) = (columns, places);
    }

    private int IndexOf(string column)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            if (string.Equals(Names[i], column, StringComparison.OrdinalIgnoreCase)) return i;
        }
        return -1;
    }
}
