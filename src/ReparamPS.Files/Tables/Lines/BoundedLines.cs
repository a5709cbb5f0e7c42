using ReparamPS.Data;

namespace ReparamPS.Tables.Lines;

/// <summary>Text whose lines end: a line is held in memory, and a small gzipped file can hold an endless one.</summary>
/// <param name="inner">The text; left open.</param>
/// <param name="path">The file, for errors.</param>
internal sealed class BoundedLines(Stream inner, string path) : ForwardStream
{
    /// <summary>The longest line or record of a table, in bytes.</summary>
    public const int MaxBytes = 1 << 26;

    private long sinceEnd;

    /// <summary>What a longer line is refused with.</summary>
    public static DataFormatException TooLong(string path) => new(path, $"it has a line of more than {MaxBytes >> 20} MB. Each row must be on a line of its own.");

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer), end = buffer[..read].LastIndexOf((byte)'\n');
        sinceEnd = end < 0 ? sinceEnd + read : read - end - 1;
        return sinceEnd <= MaxBytes ? read : throw TooLong(path);
    }
}
