using ReparamPS.Data;

namespace ReparamPS.Tables.Lines;

/// <summary>The text of a file, plain or gzipped, that rows are appended to.</summary>
/// <param name="NewLine">The end of its lines.</param>
/// <param name="IsOpen">Whether its last line has no end.</param>
internal sealed record OlderText(string NewLine, bool IsOpen)
{
    /// <summary>Reads a text to its end, and refuses one that nobody could read together with the appended rows.</summary>
    /// <exception cref="DataFormatException">The text is UTF-16 or UTF-32, or the file is damaged.</exception>
    public static OlderText Read(string path)
    {
        using Stream text = GzippedText.Open(path);
        byte[] buffer = new byte[1 << 16];
        string? newLine = null;
        byte last = (byte)'\n';
        try
        {
            int read = text.ReadAtLeast(buffer, 4, throwOnEndOfStream: false);
            CheckEncoding(path, buffer.AsSpan(0, Math.Min(read, 4)));
            for (; read > 0; read = text.Read(buffer))
            {
                if (newLine is null && Array.IndexOf(buffer, (byte)'\n', 0, read) is >= 0 and var end)
                    newLine = (end > 0 ? buffer[end - 1] : last) == '\r' ? "\r\n" : "\n";
                last = buffer[read - 1];
            }
        }
        catch (InvalidDataException error)
        {
            throw GzippedText.Damaged(path, 0, error);
        }
        return new OlderText(newLine ?? "\n", last != '\n');
    }

    private static void CheckEncoding(string path, ReadOnlySpan<byte> start)
    {
        string? encoding = start switch
        {
            [0xFF, 0xFE, 0, 0] or [0, 0, 0xFE, 0xFF] => "UTF-32",
            [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
            _ when start.Contains((byte)0) => "UTF-16 or UTF-32",
            _ => null,
        };
        if (encoding is not null)
            throw new DataFormatException(path, $"the file is {encoding}, and rows can be appended only to UTF-8. Read it with Import-ExperimentData, write its rows to a new file, and append to that file.");
    }
}
