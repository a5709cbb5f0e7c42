using System.Globalization;
using System.Management.Automation.Host;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Common;

/// <summary>Long cells of ReparamPS.Format.ps1xml on several lines, since PowerShell cuts words at the edge of a column.</summary>
public static partial class CellText
{
    private const int DefaultScreen = 80, MinWidth = 16;

    /// <summary>A text in lines that break between words; a setting too long for a line, such as LearningRate=0.001, breaks before its value.</summary>
    public static string Words(object? text, int width) => Lines(text?.ToString() ?? "", width, WordEnd(), NameOrValue());

    /// <summary>As <see cref="Words(object?, int)"/>, for the last column.</summary>
    /// <param name="text">The text.</param>
    /// <param name="host">The host, whose screen gives the width.</param>
    /// <param name="start">Where the column starts.</param>
    public static string LastWords(object? text, PSHost? host, int start) => Words(text, Math.Max(MinWidth, (ScreenOf(host) ?? DefaultScreen) - start - 1));

    /// <summary>The first lines of a text; what is left out is an ellipsis.</summary>
    internal static string FirstLines(string text, int count)
    {
        string[] lines = text.Split('\n');
        return lines.Length <= count ? text : string.Join('\n', lines[..count]) + "…";
    }

    /// <summary>A name in lines that break after a point or a slash, or before a capital letter.</summary>
    public static string Name(object? name, int width) => Lines(name?.ToString() ?? "", width, NamePart());

    /// <summary>An element of a parameter, such as Loc[0].</summary>
    public static string Element(string? parameter, long index, int width) => Name($"{parameter}[{index.ToString(CultureInfo.InvariantCulture)}]", width);

    /// <summary>The first numbers of a list, and an ellipsis if there are more.</summary>
    public static string FirstNumbers(double[]? values, int count, int width)
    {
        IEnumerable<string> shown = (values ?? []).Take(count).Select(value => value.ToString("G5", CultureInfo.InvariantCulture));
        return Words(string.Join(", ", values?.Length > count ? shown.Append("…") : shown), width);
    }

    /// <summary>The expected number of a check in the last column; if the check failed, also the reason.</summary>
    public static string? Judged(double expected, bool passed, string? reason, PSHost? host, int start)
    {
        string? number = RowText.Fit(expected, "G6", 12);
        if (passed || string.IsNullOrEmpty(reason)) return number;
        return LastWords(double.IsNaN(expected) ? reason : $"{number}: {reason}", host, start);
    }

    private static string Lines(string text, int width, Regex part, Regex? within = null)
    {
        if (text.Length <= width) return text;
        List<string> lines = [""];
        foreach (string piece in Pieces(text, part).SelectMany(piece => within is null || piece.TrimEnd().Length <= width ? [piece] : Pieces(piece, within)))
        {
            if ((lines[^1] + piece).TrimEnd().Length > width && lines[^1].Length > 0) lines.Add("");
            lines[^1] += piece;
        }
        return string.Join('\n', lines.Select(line => line.TrimEnd()));
    }

    private static IEnumerable<string> Pieces(string text, Regex part) => part.Matches(text).Select(match => match.Value);

    /// <summary>The width of a host's screen, in characters; null if it has none.</summary>
    internal static int? ScreenOf(PSHost? host)
    {
        try
        {
            return host?.UI?.RawUI?.BufferSize.Width is > 0 and var width ? width : null;
        }
        // A host is foreign code: one without a screen may throw anything, and a table must be shown even so.
        catch (Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\S*\s*", RegexOptions.CultureInvariant)]
    private static partial Regex WordEnd();

    [GeneratedRegex("[^=]*=?", RegexOptions.CultureInvariant)]
    private static partial Regex NameOrValue();

    [GeneratedRegex(@"(\p{Lu}*[^\p{Lu}./\\]*[./\\]?)", RegexOptions.CultureInvariant)]
    private static partial Regex NamePart();
}
