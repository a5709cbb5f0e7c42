using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>
/// The values of a table, and their text. The text is invariant and exact: reading it returns the value that was written, with
/// whole numbers as Int32, Int64 or Decimal, the first that can hold them, and fractions as Double, or as Decimal if they have more digits than a Double.
/// </summary>
public static class ExperimentValue
{
    private const int DigitsOfDouble = 17;

    private static readonly string[] DateFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd' 'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd' 'HH:mmK",
    ];

    /// <summary>
    /// A value as one of null, Boolean, Int32, Int64, UInt64, Single, Double, Decimal, String, DateTime and DateTimeOffset. Smaller numbers widen, an enumeration
    /// becomes its name, and any other value its invariant text.
    /// </summary>
    /// <exception cref="ArgumentException">The value is a collection or an object without a text of its own: rows are flat.</exception>
    public static object? Normalize(object? value, string column) => value switch
    {
        null or DBNull => null,
        bool or int or long or ulong or float or double or decimal or string or DateTime or DateTimeOffset => value,
        Enum name => name.ToString(),
        sbyte or byte or short or ushort => Convert.ToInt32(value, CultureInfo.InvariantCulture),
        uint number => (long)number,
        Half number => (float)number,
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        IEnumerable or ITuple or DictionaryEntry => throw NotFlat(value, column),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => HasText(value.GetType()) ? value.ToString() : throw NotFlat(value, column),
    };

    /// <summary>A row of normalized values.</summary>
    /// <inheritdoc cref="Normalize(object?, string)"/>
    internal static ExperimentRow Normalize(ExperimentRow row) => row with { Values = [.. row.Values.Select((value, i) => Normalize(value, row.Columns[i]))] };

    /// <summary>The text of a normalized value.</summary>
    public static string Format(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "True" : "False",
        double number => Fraction(number.ToString("R", CultureInfo.InvariantCulture)),
        float number => Fraction(number.ToString("R", CultureInfo.InvariantCulture)),
        DateTime date => (IsMoment(date) ? date : DateTime.SpecifyKind(date, DateTimeKind.Unspecified)).ToString("O", CultureInfo.InvariantCulture),
        DateTimeOffset date => date.ToString("O", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A cell must be a number, a string, a Boolean, a date or null; got a value of type {value.GetType().Name}.", nameof(value)),
    };

    /// <summary>The text of a normalized value in a file without types: a decimal number that a double cannot hold has enough digits that <see cref="TryNumber"/> returns it.</summary>
    internal static string FileText(object? value)
    {
        string text = Format(value);
        if (value is not decimal number || !text.Contains('.', StringComparison.Ordinal)) return text;
        if (FromDouble(double.Parse(text, CultureInfo.InvariantCulture)) == number) return text;
        // A fraction of powers of two is the double itself, whatever its digits.
        string padded = text.PadRight(text.Length + DigitsOfDouble, '0');
        for (int length = text.Length; length <= padded.Length; length++)
        {
            if (TryNumber(padded[..length]) is decimal) return padded[..length];
        }
        return text;
    }

    /// <summary>The decimal number that a double shows; null if it is too large.</summary>
    internal static decimal? FromDouble(double number) =>
        decimal.TryParse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal shown) ? shown : null;

    /// <summary>Reads a text as a number, a Boolean or an ISO 8601 date; otherwise it stays a text. "007" and "+1" are text.</summary>
    public static object Parse(string text) => TryNumber(text) ?? TryNamedNumber(text) ?? TryBoolean(text) ?? TryDate(text) ?? (object)text;

    /// <summary>Reads a text as a number or a Boolean if writing that gives the same text; otherwise it stays a text. "1.10" and "1e1" are text.</summary>
    public static object ParseExact(string text) => Parse(text) switch
    {
        double number when number.ToString("R", CultureInfo.InvariantCulture) == text => number,
        var known and (int or long or double or bool) when Format(known) == text => known,
        _ => text,
    };

    /// <summary>A number in JSON's notation (invariant, no leading zeros or plus); otherwise null.</summary>
    internal static object? TryNumber(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiDigit(text[^1]) && (char.IsAsciiDigit(text[0]) || text[0] is '-' or '.'))) return null;
        int first = text[0] == '-' ? 1 : 0;
        if (first == text.Length - 1 && first == 1 && !char.IsAsciiDigit(text[1])) return null;
        if (text[first] == '0' && text.Length > first + 1 && char.IsAsciiDigit(text[first + 1])) return null;
        bool whole = true;
        for (int i = first; i < text.Length; i++)
        {
            if (char.IsAsciiDigit(text[i])) continue;
            if (text[i] is not ('.' or 'e' or 'E' or '+' or '-')) return null;
            whole = false;
        }
        if (whole && text is not "-0")
        {
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int small)) return small;
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long large)) return large;
            if (decimal.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal larger)) return larger;
        }
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number)) return null;
        return text.Length > DigitsOfDouble && TryLongFraction(text, number) is { } exact ? exact : number;
    }

    /// <summary>NaN or an infinity, as .NET and Python write them; otherwise null.</summary>
    internal static object? TryNamedNumber(string text) => text switch
    {
        "NaN" or "nan" => double.NaN,
        "Infinity" or "inf" => double.PositiveInfinity,
        "-Infinity" or "-inf" => double.NegativeInfinity,
        _ => null,
    };

    /// <summary>
    /// An ISO 8601 date: a DateTime, of kind Utc with a 'Z' and Unspecified with nothing at its end, or with an offset a DateTimeOffset; otherwise null.
    /// </summary>
    internal static object? TryDate(string text)
    {
        if (text.Length is < 10 or > 33 || text[4] != '-' || text[7] != '-' || !char.IsAsciiDigit(text[0])) return null;
        bool offset = text.Length > 16 && (text.IndexOf('+', StringComparison.Ordinal) > 0 || text.LastIndexOf('-') > 10);
        if (offset)
        {
            return DateTimeOffset.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset moment) ? moment : null;
        }
        return DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime date) ? date : null;
    }

    // More digits than those that a program prints of a double, all of which a decimal keeps.
    private static decimal? TryLongFraction(string text, double number)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || text.AsSpan().IndexOfAny('e', 'E') >= 0 || text.AsSpan().TrimStart("-0.").Length <= DigitsOfDouble) return null;
        // The text of a double: the shortest, as this class writes it, or the exact one.
        if (Format(number) == text) return null;
        if (number.ToString("F" + (text.Length - point - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) == text) return null;
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal exact)) return null;
        return Shortened(exact.ToString(CultureInfo.InvariantCulture)).SequenceEqual(Shortened(text)) ? exact : null;
    }

    // Without the zeros that say nothing, and without a sign or zeros before the point, so that ".5" is "0.5".
    private static ReadOnlySpan<char> Shortened(string text) => (text.Contains('.', StringComparison.Ordinal) ? text.AsSpan().TrimEnd('0').TrimEnd('.') : text).TrimStart("-0");

    // A text that says more than the type's name.
    private static bool HasText(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring && declaring != typeof(object) && declaring != typeof(ValueType)
        && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)) && !typeof(Delegate).IsAssignableFrom(type);

    private static ArgumentException NotFlat(object value, string column) =>
        new($"Column '{ShortText.Of(column)}' must be a number, a string, a Boolean or a date; got {(value is IList ? "a list" : $"an object of type {value.GetType().Name.Split('`')[0]}")}. Select one of its values, or make it a text, such as with ConvertTo-Json -Compress.", column);

    private static object? TryBoolean(string text) => text.Length is 4 or 5 && bool.TryParse(text, out bool flag) && !char.IsWhiteSpace(text[0]) ? flag : null;

    // East of Greenwich, the first hours of the year 1 are before the first moment that can be read; west of it, the last of 9999 are after the last one.
    private static bool IsMoment(DateTime date) =>
        date.Kind != DateTimeKind.Local || (ulong)(date.Ticks - TimeZoneInfo.Local.GetUtcOffset(date).Ticks) <= (ulong)DateTime.MaxValue.Ticks;

    // "1" would be read as an integer.
    private static string Fraction(string text) => text.AsSpan().IndexOfAny(".EN") < 0 && !text.EndsWith('y') ? text + ".0" : text;
}
