using System.Text;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// The result of a run: its rows as JSON lines, and how it ended as the last line. It has a temporary name while rows are added, and is renamed
/// at the end: a result is complete or does not exist.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private const int TailBytes = 1 << 16;

    private readonly AtomicFile file;

    /// <summary>Creates a result.</summary>
    public ResultFile(string path) => file = new AtomicFile(path);

    /// <summary>The number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(ExperimentRow row)
    {
        file.Stream.Write(SweepJson.Line(row).Span);
        Rows++;
    }

    /// <summary>Completes the result.</summary>
    public void Commit(RunResult result)
    {
        file.Stream.Write(SweepJson.Line(result with { Rows = Rows }, StoreRecords.Default.RunResult).Span);
        file.Commit(flush: false);
    }

    /// <summary>Drops a result that was not committed.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Removes the incomplete results of dead processes.</summary>
    public static void RemoveLeftovers(string path)
    {
        string prefix = Path.GetFileName(path) + ".";
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.tmp"))
        {
            // Version 0.1 used names without a dot at the start.
            if (Path.GetFileName(leftover).TrimStart('.').StartsWith(prefix, StringComparison.Ordinal)) SharedFiles.TryDelete(leftover);
        }
    }

    /// <summary>How a run ended, and its last row; null if there is no result, or a damaged one.</summary>
    public static (RunResult Result, ExperimentRow? Last)? TryRead(string path) => ReadEnd(path) is { } end ? Parse(end, path) : null;

    /// <summary>Whether there is a result whose last row, or last line, which says how the run ended, cannot be read.</summary>
    public static bool IsDamaged(string path) => ReadEnd(path) is { } end && Parse(end, path) is null;

    /// <summary>All rows of a result.</summary>
    /// <exception cref="DataFormatException">A line is damaged.</exception>
    public static IEnumerable<ExperimentRow> ReadRows(string path)
    {
        using var lines = new StreamReader(Open(path), new UTF8Encoding(false));
        string? line = lines.ReadLine();
        for (int number = 1; lines.ReadLine() is { } next; number++, line = next)
        {
            yield return SweepJson.TryParseRow(Encoding.UTF8.GetBytes(line!), path) ?? throw new DataFormatException(path, $"line {number} is not a row; the file is damaged. {RunFolder.Redo}");
        }
    }

    // The last two lines, and as a rule more; null if there is no file.
    private static byte[]? ReadEnd(string path)
    {
        // A look is much cheaper than an exception.
        if (!File.Exists(path)) return null;
        try
        {
            using FileStream file = Open(path);
            // Only rows longer than the tail need more. The file may be larger than any array.
            for (long count = TailBytes; ; count *= 4)
            {
                byte[] tail = ReadTail(file, count);
                int start = LastLineStart(tail);
                bool isShort = start >= 0 && tail.AsSpan(0, start).TrimEnd((byte)'\n').LastIndexOf((byte)'\n') < 0;
                if (!isShort || tail.Length == Math.Min(file.Length, Array.MaxLength)) return tail;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static (RunResult Result, ExperimentRow? Last)? Parse(byte[] end, string path)
    {
        int start = LastLineStart(end);
        if (start < 0 || SweepJson.TryParse(end.AsSpan(start), StoreRecords.Default.RunResult) is not { } result) return null;
        if (result.Rows == 0) return (result, null);
        ReadOnlySpan<byte> before = end.AsSpan(0, Math.Max(start - 1, 0));
        return SweepJson.TryParseRow(before[(before.LastIndexOf((byte)'\n') + 1)..], path) is { } last ? (result, last) : null;
    }

    // Another process may rename the file while this one reads it.
    private static FileStream Open(string path) => RegularFile.OpenShared(path, bufferSize: 0);

    private static byte[] ReadTail(FileStream file, long count)
    {
        byte[] tail = new byte[Math.Min(Math.Min(file.Length, count), Array.MaxLength)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        return tail;
    }

    // Where the last line starts; -1 without a line feed at the end, which a complete file has.
    private static int LastLineStart(ReadOnlySpan<byte> tail) => tail is [.., (byte)'\n'] ? tail[..^1].LastIndexOf((byte)'\n') + 1 : -1;
}
