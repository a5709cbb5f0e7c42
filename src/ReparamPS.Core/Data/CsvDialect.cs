using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>How a CSV file of another program is read.</summary>
public sealed record CsvDialect
{
    /// <summary>The character between fields: any of ASCII but letters, digits, quotes and line ends. Default: a comma, or a semicolon with <see cref="HasDecimalComma"/>.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Whether numbers have a decimal comma: 0,5. A number with a point is then text, since the point may group digits. If the delimiter is a comma too, such numbers are in quotes.</summary>
    public bool HasDecimalComma { get; init; }

    /// <summary>The delimiter, after a check.</summary>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    internal char Separator
    {
        get
        {
            char delimiter = Delimiter ?? (HasDecimalComma ? ';' : ',');
            if (!char.IsAscii(delimiter) || char.IsAsciiLetterOrDigit(delimiter) || delimiter is '"' or '\r' or '\n' or '\0' or '-' or '.')
                throw new ArgumentException($"Delimiter must be an ASCII character other than letters, digits, '\"', '-', '.' and line ends, such as ';', '|' or \"`t\" (a tab); got {ShortText.Quoted(delimiter)}.", nameof(Delimiter));
            return delimiter;
        }
    }
}
