using ReparamPS.Data;

namespace ReparamPS.Tables.Lines;

/// <summary>The encoding of a text file that is appended to.</summary>
internal static class TextEncoding
{
    /// <summary>Refuses text that is not UTF-8: nobody could read it together with the appended rows.</summary>
    /// <param name="path">The file, for the error.</param>
    /// <param name="text">Its text, from the beginning.</param>
    /// <exception cref="DataFormatException">The text is UTF-16 or UTF-32.</exception>
    public static void CheckAppendable(string path, Stream text)
    {
        Span<byte> start = stackalloc byte[4];
        start = start[..text.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
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
