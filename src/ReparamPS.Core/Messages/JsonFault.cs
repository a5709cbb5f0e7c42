using System.Text.Json;

namespace ReparamPS.Messages;

/// <summary>What is wrong with JSON text, by line and byte, without the parser's inner terms.</summary>
internal static class JsonFault
{
    // A dictionary of .NET names the key in words of its own.
    private const string Library = "System.", Parser = Library + "Text.Json";

    /// <summary>The place, if it is known, and the fault: a sentence without a capital.</summary>
    /// <param name="error">The exception of the parser, or of code that looks for an entry.</param>
    public static string Of(Exception error) => error switch
    {
        JsonException { LineNumber: { } line, BytePositionInLine: { } at } fault => $"line {line + 1}, byte {at + 1}: {Reason(fault)}",
        JsonException fault => Reason(fault),
        KeyNotFoundException when IsOf(error, Library) => "a required entry is missing.",
        _ when IsOf(error, Parser) => "a value has the wrong type.",
        _ => Sentence(ShortText.Message(error)),
    };

    // The parser marks some of its exceptions with a suffix.
    private static bool IsOf(Exception error, string source) => error.Source?.StartsWith(source, StringComparison.Ordinal) == true;

    private static string Sentence(string text) => ShortText.Of(text) is var shown && shown.EndsWith('.') ? shown : shown + ".";

    /// <summary>The fault without its place.</summary>
    public static string Reason(JsonException fault)
    {
        string text = fault.Message;
        // The parser appends the place in its own words.
        foreach (string place in new[] { " Path: ", " LineNumber: " })
            if (text.IndexOf(place, StringComparison.Ordinal) is >= 0 and var end) text = text[..end];
        return text switch
        {
            _ when text.Contains("does not contain any JSON tokens", StringComparison.Ordinal) => "there is no JSON text.",
            _ when text.Contains("depth to be zero", StringComparison.Ordinal) => "an object or list is not closed.",
            _ when text.Contains("could not be converted", StringComparison.Ordinal) => "a value has the wrong type.",
            _ => Sentence(text),
        };
    }
}
