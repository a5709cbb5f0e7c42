namespace ReparamPS.Messages;

/// <summary>What a message adds about a column that a table lacks.</summary>
public static class UnknownColumn
{
    /// <summary>What may have gone wrong: a mistyped name, or a file that was read with another delimiter than its own; nothing if neither is likely.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> columns) =>
        columns.Count == 1 && Delimiter(columns.First()) is { } delimiter ? $" The delimiter of the file may be {ShortText.Quoted(delimiter)}." : NearNames.Hint(name, columns);

    /// <summary>The delimiter that a header with one column may have; null if it holds none.</summary>
    public static char? Delimiter(string header) => header.AsSpan().IndexOfAny(";\t") is >= 0 and var at ? header[at] : null;
}
