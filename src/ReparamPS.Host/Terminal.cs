using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text;
using Spectre.Console;

namespace ReparamPS.Host;

/// <summary>The console's abilities, and coloured text.</summary>
internal static class Terminal
{
    /// <summary>The width of redirected output, wide enough for every column of a view.</summary>
    public const int RedirectedWidth = 240;

    private const int FallbackWidth = 120;
    private static readonly bool NoColor = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";

    /// <summary>Whether standard output shows colours.</summary>
    public static bool HasColors { get; } = !Console.IsOutputRedirected && !NoColor && WindowsConsole.HasEscapes;

    /// <summary>Whether lines can be drawn over.</summary>
    public static bool CanRedraw { get; } = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb" && WindowsConsole.HasEscapes;

    /// <summary>The width of the output.</summary>
    public static int Width
    {
        get
        {
            if (Console.IsOutputRedirected) return RedirectedWidth;
            try
            {
                return Console.WindowWidth > 0 ? Console.WindowWidth : FallbackWidth;
            }
            catch (IOException)
            {
                return FallbackWidth;
            }
        }
    }

    /// <summary>The text, without its escape sequences if there are no colours.</summary>
    public static string Plain(string text) => HasColors ? text : Strip(text);

    /// <summary>Writes a line to standard error, in red if that is a terminal.</summary>
    public static void WriteError(string line) => Console.Error.WriteLine(Console.IsErrorRedirected || NoColor || !WindowsConsole.HasEscapes ? Strip(line) : $"\e[91m{line}\e[0m");

    /// <summary>Writes a line in a colour (an SGR code) if there are colours.</summary>
    public static void WriteLine(string line, string color) => Console.Out.WriteLine(HasColors ? $"\e[{color}m{line}\e[0m" : line);

    /// <summary>The number of columns that a text takes, without its escape sequences.</summary>
    public static int Cells(string text)
    {
        string plain = Strip(text);
        if (Ascii.IsValid(plain)) return plain.Length;
        int cells = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(plain);
        while (elements.MoveNext()) cells += CellsOf(elements.GetTextElement());
        return cells;
    }

    /// <summary>Where the cursor is after a text that starts in the first column. A column that equals the width means the end of a full row.</summary>
    public static (int Row, int Column) PlaceAfter(string text, int width)
    {
        (int row, int column) = (0, 0);
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(Strip(text));
        while (elements.MoveNext())
        {
            string element = elements.GetTextElement();
            int cells = CellsOf(element);
            // A wide character that does not fit moves to the next row as a whole.
            if (element is "\n" or "\r\n" || column + cells > width) (row, column) = (row + 1, 0);
            if (element is not ("\n" or "\r\n")) column += cells;
        }
        return (row, column);
    }

    // A control character has no width of its own (-1), and counts as one column.
    private static int CellsOf(string element) => Math.Abs(element.GetCellWidth());

    private static string Strip(string text) =>
        text.Contains('\e', StringComparison.Ordinal) ? new StringDecorated(text).ToString(OutputRendering.PlainText) : text;
}
