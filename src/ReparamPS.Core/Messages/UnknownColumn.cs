using System.Text.Json;

namespace ReparamPS.Messages;

/// <summary>What a message adds about a column that a table lacks.</summary>
public static class UnknownColumn
{
    private static readonly string[] GroupColumns = ["Values", "Count", "Group", "Name"];

    /// <summary>What may have gone wrong: a mistyped name, or a file that was read with another delimiter than its own; nothing if neither is likely.</summary>
    public static string Hint(string name, IReadOnlyCollection<string> columns) =>
        (columns.Count == 1 ? DelimiterHint(columns.First()) : null) ?? NearNames.Hint(name, columns);

    /// <summary>As <see cref="Hint(string, IReadOnlyCollection{string})"/>, for rows from the pipeline, which may be text or files.</summary>
    /// <param name="name">The name of the column.</param>
    /// <param name="columns">The columns that exist.</param>
    /// <param name="cell">The first row's cell of a column.</param>
    public static string Hint(string name, IReadOnlyCollection<string> columns, Func<string, object?> cell)
    {
        if (columns.Count == 1 && columns.First() == "Value" && cell("Value") is string text)
        {
            return text.TrimStart() is ['[' or '{', ..] ? " The input is JSON text, not rows. Leave out ConvertTo-Json, or add ConvertFrom-Json."
                : $" The input is text, such as {ShortText.Quoted(text)}, not rows. Import-Csv and Import-ExperimentData read a CSV file.";
        }
        if (GroupColumns.All(columns.Contains)) return " The input is groups of Group-Object, not rows. Pipe the rows of each group: ForEach-Object { $_.Group | … }.";
        if (columns.Contains("Value") && IsJson(cell("Value"))) return " The column Value holds JSON text. Return the objects themselves: leave out ConvertTo-Json, or add ConvertFrom-Json.";
        return IsFile(columns) ? $" The input is the file {ShortText.Quoted(cell("Name") as string)}, not its rows. Import-Csv and Import-ExperimentData read a CSV file." : Hint(name, columns);
    }

    /// <summary>Whether a cell is the text of a JSON object, or of a list of them.</summary>
    public static bool IsJson(object? cell)
    {
        if (cell is not string text || text.TrimStart() is not ['{' or '[', ..]) return false;
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(text);
            return parsed.RootElement.ValueKind == JsonValueKind.Object || (parsed.RootElement.GetArrayLength() > 0 && parsed.RootElement[0].ValueKind == JsonValueKind.Object);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The properties of a FileInfo.
    private static bool IsFile(IReadOnlyCollection<string> columns) => columns.Contains("FullName") && columns.Contains("DirectoryName");

    /// <summary>The sentence, after a space, for the only column of a file that was read with another delimiter than its own; null if its name holds no delimiter.</summary>
    public static string? DelimiterHint(string header) =>
        Delimiter(header) is { } delimiter ? $" The delimiter of the file may be {(delimiter == '\t' ? "a tab" : $"'{delimiter}'")}: import the file with -Delimiter {ShortText.Typed(delimiter)}." : null;

    /// <summary>The delimiter that a header with one column may have; null if it holds none.</summary>
    public static char? Delimiter(string header) => header.AsSpan().IndexOfAny(";\t") is >= 0 and var at ? header[at] : null;
}
