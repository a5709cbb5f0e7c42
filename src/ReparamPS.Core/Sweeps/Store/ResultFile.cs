using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// A run's result: its rows as JSON lines, and the record of how it ended as the last line. It is written under a temporary name as rows come, and renamed when the
/// run has ended: a result is whole or it isn't there.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private const int TailBytes = 1 << 16;

    private readonly string path;
    private readonly string temporary;
    private readonly FileStream stream;
    private bool committed;

    /// <summary>Starts a result.</summary>
    public ResultFile(string path)
    {
        this.path = path;
        temporary = $"{path}.{Environment.ProcessId}.tmp";
        stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 12);
    }

    /// <summary>How many rows there are.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a row.</summary>
    public void Add(ExperimentRow row)
    {
        stream.Write(SweepJson.Line(row).Span);
        Rows++;
    }

    /// <summary>Ends the result, which then is there.</summary>
    public void Commit(RunResult result)
    {
        stream.Write(SweepJson.Line((result with { Rows = Rows }).ToRow()).Span);
        stream.Dispose();
        File.Move(temporary, path, overwrite: true);
        committed = true;
    }

    /// <summary>Drops a result that was not committed.</summary>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        finally
        {
            if (!committed) File.Delete(temporary);
        }
    }

    /// <summary>Removes what dead processes left half-written.</summary>
    public static void RemoveLeftovers(string path)
    {
        foreach (string leftover in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*.tmp")) File.Delete(leftover);
    }

    /// <summary>How a run ended, and its last row; null where there is no result.</summary>
    public static (RunResult Result, ExperimentRow? Last)? TryRead(string path)
    {
        // To look is much cheaper than to fail.
        if (!File.Exists(path)) return null;
        byte[] tail;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            // Two lines are wanted; they are longer than the tail only where a row is.
            tail = ReadTail(file, TailBytes);
            if (file.Length > TailBytes && tail.AsSpan(0, Math.Max(LastLineStart(tail), 0)).TrimEnd((byte)'\n').LastIndexOf((byte)'\n') < 0) tail = ReadTail(file, (int)file.Length);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        int start = LastLineStart(tail);
        if (start < 0 || RunResult.From(SweepJson.TryParse(tail.AsSpan(start), path)) is not { } result) return null;
        if (start == 0) return (result, null);
        ReadOnlySpan<byte> before = tail.AsSpan(0, start - 1);
        return (result, SweepJson.TryParse(before[(before.LastIndexOf((byte)'\n') + 1)..], path));
    }

    /// <summary>All rows of a result.</summary>
    public static IEnumerable<ExperimentRow> ReadRows(string path)
    {
        ExperimentRow? pending = null;
        foreach (string line in File.ReadLines(path))
        {
            if (pending is not null) yield return pending;
            pending = SweepJson.TryParse(System.Text.Encoding.UTF8.GetBytes(line), path);
        }
    }

    private static byte[] ReadTail(FileStream file, int count)
    {
        byte[] tail = new byte[Math.Min(file.Length, count)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        return tail;
    }

    // Where the last line starts; -1 where it has no line feed at its end, which a whole file has.
    private static int LastLineStart(ReadOnlySpan<byte> tail) => tail is [.., (byte)'\n'] ? tail[..^1].LastIndexOf((byte)'\n') + 1 : -1;
}
