namespace ReparamPS.Tables.Lines;

/// <summary>The end of a text file that is appended to.</summary>
internal static class TextTail
{
    /// <summary>Ends the last line, if it was left open.</summary>
    public static void EndLine(Stream stream)
    {
        if (stream.Length == 0) return;
        stream.Seek(-1, SeekOrigin.End);
        int last = stream.ReadByte();
        stream.Seek(0, SeekOrigin.End);
        if (last is not '\n') stream.WriteByte((byte)'\n');
    }
}
