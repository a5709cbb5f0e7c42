namespace ReparamPS.Host;

/// <summary>The lines of earlier and of this session, kept in a file; a session whose file can't be read or written goes on without it.</summary>
internal sealed class CommandHistory
{
    private const int Capacity = 1000;
    private readonly string? path;
    private readonly List<string> lines = [];

    /// <summary>Reads the history.</summary>
    /// <param name="path">Its file; null keeps it in memory only.</param>
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

    /// <summary>The user's history file; null where the user has no data folder.</summary>
    public static string? DefaultPath =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } folder
            ? Path.Combine(folder, "ReparamPS", "history.txt")
            : null;

    /// <summary>How many lines there are.</summary>
    public int Count => lines.Count;

    /// <summary>A line, the oldest first.</summary>
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
            File.AppendAllText(path, line + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The line stays in memory.
        }
    }
}
