using System.Text.RegularExpressions;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Data;

/// <summary>Recognizes text that a cmdlet has made of objects, whose properties were meant as columns.</summary>
internal static partial class ConvertedText
{
    /// <summary>The cmdlet that makes such text; null for other input.</summary>
    /// <param name="input">The first input object.</param>
    public static string? ConverterOf(object? input) => UnknownColumn.IsJson(input) ? "ConvertTo-Json" : input is string text && QuotedHeader().IsMatch(text) ? "ConvertTo-Csv" : null;

    // The names of at least two columns.
    [GeneratedRegex("""^("[^"]*"[,;\t])+"[^"]*"$""")]
    private static partial Regex QuotedHeader();
}
