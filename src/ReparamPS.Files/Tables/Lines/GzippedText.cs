using ReparamPS.Data;

namespace ReparamPS.Tables.Lines;

/// <summary>Text in gzipped files.</summary>
internal static class GzippedText
{
    /// <summary>Opens the text of a file, which is gzipped if its name says so.</summary>
    public static Stream Open(string path)
    {
        FileStream file = RegularFile.OpenShared(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipReader(file, path) : file;
    }

    /// <summary>The error for a file that cannot be unpacked after a line.</summary>
    public static DataFormatException Damaged(string path, long line, InvalidDataException error) =>
        new(path, $"the file is damaged{(line == 0 ? "" : $" after line {line}")}: {error.Message}", error);
}
