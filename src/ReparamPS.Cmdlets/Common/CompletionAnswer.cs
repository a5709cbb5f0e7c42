using System.Management.Automation;

namespace ReparamPS.Cmdlets.Common;

/// <summary>The answer of an argument completer.</summary>
internal static class CompletionAnswer
{
    /// <summary>The names that begin with the word. Without one, an entry that keeps PowerShell from offering file names.</summary>
    /// <param name="wordToComplete">The word as typed, perhaps in quotes.</param>
    /// <param name="names">The names, each with its tool tip.</param>
    /// <param name="missing">The tool tip when no name matches.</param>
    public static IEnumerable<CompletionResult> Of(string wordToComplete, IEnumerable<(string Value, string ToolTip)> names, string missing)
    {
        string word = wordToComplete.Trim('\'', '"');
        CompletionResult[] results = [.. names
            .Where(name => name.Value.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            .DistinctBy(name => name.Value, StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(Quoted(name.Value), name.Value, CompletionResultType.ParameterValue, name.ToolTip))];
        return results.Length > 0 ? results : [None(wordToComplete, missing)];
    }

    /// <summary>The entry for no match: what is typed, or an empty text.</summary>
    public static CompletionResult None(string wordToComplete, string missing) =>
        new(wordToComplete.Trim('\'', '"').Length > 0 ? wordToComplete : "''", "(no match)", CompletionResultType.ParameterValue, missing);

    private static string Quoted(string name) =>
        name.All(character => char.IsLetterOrDigit(character) || character is '_' or '-' or '.') ? name : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
