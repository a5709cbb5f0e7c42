using System.Buffers;
using System.Text.Json;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>The records of a sweep folder: an object of JSON a line. A file appears whole or not at all.</summary>
internal static class SweepJson
{
    /// <summary>A row as a line, with its line feed.</summary>
    public static ReadOnlyMemory<byte> Line(ExperimentRow row)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, RowJson.WriterOptions)) RowJson.WriteValue(json, row);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>The row of a line; null where the line is no whole object, as after a crash of the machine.</summary>
    public static ExperimentRow? TryParse(ReadOnlySpan<byte> line, string path)
    {
        var reader = new Utf8JsonReader(line, RowJson.ReaderOptions);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? RowJson.ReadObject(ref reader, 1, path) : null;
        }
        catch (Exception error) when (error is JsonException or DataFormatException)
        {
            return null;
        }
    }

    /// <summary>The one row of a file; null where the file is not there or not whole.</summary>
    public static ExperimentRow? TryRead(string path)
    {
        byte[]? bytes = TryReadBytes(path);
        return bytes is null ? null : TryParse(bytes, path);
    }

    /// <summary>A file's bytes; null where it is not there.</summary>
    public static byte[]? TryReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes a file of one row, which appears whole or not at all.</summary>
    public static void Write(string path, ExperimentRow row) => AtomicFile.WriteAll(path, Line(row).Span, flush: false);
}
