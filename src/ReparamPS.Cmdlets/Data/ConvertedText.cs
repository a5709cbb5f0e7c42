using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Recognizes text that a cmdlet has made of objects, whose properties were meant as columns.</summary>
internal static partial class ConvertedText
{
    /// <summary>The cmdlet that makes such text; null for other input.</summary>
    /// <param name="input">The first input object.</param>
    public static string? ConverterOf(object? input) => input is not string text ? null : IsJson(text.Trim()) ? "ConvertTo-Json" : QuotedHeader().IsMatch(text) ? "ConvertTo-Csv" : null;

    private static bool IsJson(string text) => JsonStart().IsMatch(text) && text[^1] == (text[0] == '{' ? '}' : ']');

    // An object with a property, or a list.
    [GeneratedRegex("""^(\{\s*"|\[\s*[\[{"\d-])""")]
    private static partial Regex JsonStart();

    // The names of at least two columns.
    [GeneratedRegex("""^("[^"]*"[,;\t])+"[^"]*"$""")]
    private static partial Regex QuotedHeader();
}
