using System.Globalization;
using System.Text.RegularExpressions;

namespace ReparamPS.Messages;

/// <summary>What users gave, as part of a message: on one line and short, whatever they gave. A long text keeps its start and its end, which is where paths differ.</summary>
public static partial class ShortText
{
    private const int MaxLength = 200, StartLength = 130, EndLength = 60, MaxItems = 20, MaxMessage = 2000;

    /// <summary>A value as text.</summary>
    /// <param name="value">The value.</param>
    public static string Of(object? value)
    {
        // In all cultures, a number has the decimal point with which it is typed.
        string text = value switch
        {
            string given => given,
            double or float or decimal or Half => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
            _ => value?.ToString() ?? "",
        };
        string shown = text.Length <= MaxLength ? text : $"{text.AsSpan(0, StartLength)}…{text.AsSpan(text.Length - EndLength)}";
        shown = shown.ReplaceLineEndings(" ");
        // What a reader cannot see, such as a null character in a path.
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(each => char.IsControl(each) ? Escape(each) : each.ToString())) : shown;
    }

    /// <summary>A text in quotes; of an empty one, that it is empty.</summary>
    /// <param name="text">The text; null is shown as such.</param>
    public static string Quoted(string? text) => text switch
    {
        null => "null",
        "" => "an empty string",
        _ => $"'{Of(text)}'",
    };

    /// <summary>A character in quotes, escaped if it is a control character.</summary>
    /// <param name="character">The character.</param>
    public static string Quoted(char character) => $"'{(char.IsControl(character) ? Escape(character) : character.ToString())}'";

    /// <summary>A character as it is typed in PowerShell, where '\t' is not a tab.</summary>
    /// <param name="character">The character.</param>
    public static string Typed(char character) => character == '\t' ? "\"`t\"" : $"'{character}'";

    /// <summary>The first numbers of a list, with all digits: texts of different lists differ as early as the lists do.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="count">How many are shown.</param>
    public static string Numbers(ReadOnlySpan<double> values, int count = 4)
    {
        string[] shown = [.. values[..Math.Min(count, values.Length)].ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))];
        return $"[{string.Join(", ", values.Length > count ? [.. shown, "…"] : shown)}]";
    }

    private static string Escape(char character) => character switch
    {
        '\0' => @"\0",
        '\t' => @"\t",
        '\n' => @"\n",
        '\r' => @"\r",
        _ => $@"\u{(int)character:X4}",
    };

    /// <summary>A whole message, whose parts may come from elsewhere: from a library or another process.</summary>
    /// <param name="text">The message.</param>
    public static string Message(string text) => text.Length <= MaxMessage ? text : $"{text.AsSpan(0, MaxMessage / 2)}…{text.AsSpan(text.Length - (MaxMessage / 4))}";

    /// <summary>A message without the parameter's name that .NET appends: the message itself names the parameter as the user typed it.</summary>
    /// <param name="message">The message.</param>
    public static string WithoutParameter(string message) => ParameterSuffix().Replace(message, "");

    /// <summary>The message of an exception, with the parameter's name only if the message has no other: .NET's own messages have none.</summary>
    /// <param name="error">The exception.</param>
    public static string Message(Exception error) => error is ArgumentNullException or ArgumentOutOfRangeException ? error.Message : WithoutParameter(error.Message);

    [GeneratedRegex(@" \(Parameter '[^']*'\)")]
    private static partial Regex ParameterSuffix();

    /// <summary>A list of names, with the first ones of many.</summary>
    /// <param name="names">The names.</param>
    public static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string shown = string.Join(", ", all.Take(MaxItems).Select(Of));
        return all.Length <= MaxItems ? shown : $"{shown}, … ({all.Length} in all)";
    }
}
