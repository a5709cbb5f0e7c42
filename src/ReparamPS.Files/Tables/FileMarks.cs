using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>Recognizes files of other formats under the name of a text file, by how they begin.</summary>
internal static class FileMarks
{
    /// <summary>Refuses a file that is not text. Reading starts where the stream is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stream">Its content.</param>
    /// <exception cref="DataFormatException">The file is of another format.</exception>
    public static void RefuseOthers(string path, Stream stream)
    {
        Span<byte> start = stackalloc byte[16];
        long position = stream.Position;
        ReadOnlySpan<byte> head = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = position;
        string? what = head.StartsWith("PAR1"u8) ? "it starts with PAR1, so it is a Parquet file. Rename it to .parquet."
            : head.StartsWith("SQLite format 3\0"u8) ? "it is an SQLite database. Rename it to .sqlite."
            : ZipMark.Matches(head) ? "it is a ZIP archive, such as an Excel workbook (.xlsx). Unpack it, or save the workbook as CSV in UTF-8."
            : head is [0x1f, 0x8b, ..] ? $"it is gzipped. Rename it to {Path.GetExtension(path)}.gz."
            : null;
        if (what is not null) throw new DataFormatException(path, $"not a {Path.GetExtension(path)} file: {what}");
    }
}
