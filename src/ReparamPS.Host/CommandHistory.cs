using System.Text;

namespace ReparamPS.Host;

/// <summary>The lines of this and earlier sessions, kept in a file. A file that cannot be read or written is ignored.</summary>
internal sealed class CommandHistory
{
    private const int Capacity = 1000;

    // Half of a character, which a terminal can send, is replaced. The default encoding would throw.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly string? path;
    private readonly List<string> lines = [];

    /// <summary>Reads the history.</summary>
    /// <param name="path">The history file; null keeps the history in memory.</param>
    public CommandHistory(string? path)
    {
        this.path = path;
        try
        {
            if (File.Exists(path)) lines.AddRange(File.ReadLines(path).TakeLast(Capacity));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            this.path = null;
        }
    }

    /// <summary>The user's history file; null if the user has no data folder.</summary>
    public static string? DefaultPath =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } folder
            ? Path.Combine(folder, "ReparamPS", "history.txt")
            : null;

    /// <summary>The number of lines.</summary>
    public int Count => lines.Count;

    /// <summary>A line; 0 is the oldest.</summary>
    public string this[int index] => lines[index];

    /// <summary>Adds a line, unless it is blank or repeats the last one.</summary>
    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line) || (lines.Count > 0 && lines[^1] == line)) return;
        lines.Add(line);
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.AppendAllText(path, line + "\n", Utf8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The history works without its file.
        }
    }
}
