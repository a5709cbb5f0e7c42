using System.Text.RegularExpressions;
using ReparamPS.Data;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Finds columns of a table whose cells all look like numbers with a decimal comma, such as 0,5.</summary>
internal sealed partial class CommaColumns
{
    // A cell of each column that may be one; null once another cell is not.
    private string?[]? cells;
    private bool[] isOther = [];
    private IReadOnlyList<string> columns = [];

    /// <summary>The first such column, and a cell of it.</summary>
    public (string Column, string Cell)? First =>
        cells is not null && Array.FindIndex(cells, cell => cell is not null) is >= 0 and var at ? (columns[at], cells[at]!) : null;

    /// <summary>Looks at the next row.</summary>
    public void Read(ExperimentRow row)
    {
        if (cells is null) (columns, cells, isOther) = (row.Columns, new string?[row.Columns.Count], new bool[row.Columns.Count]);
        for (int i = 0; i < cells.Length; i++)
        {
            if (isOther[i] || row.Values[i] is null) continue;
            if (row.Values[i] is string text && HasDecimalComma().IsMatch(text)) cells[i] ??= text;
            // Whole numbers of the column have no comma.
            else if (row.Values[i] is string or not (int or long)) (cells[i], isOther[i]) = (null, true);
        }
    }

    [GeneratedRegex("^[+-]?[0-9]+,[0-9]+(e[+-]?[0-9]+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex HasDecimalComma();
}
