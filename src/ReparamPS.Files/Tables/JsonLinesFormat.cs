using System.Buffers;
using System.Text;
using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Tables.Lines;

namespace ReparamPS.Tables;

/// <summary>
/// JSON lines: an object a line, whose columns may differ from line to line. Dates, NaN and the infinities are strings there ("2026-01-31T12:00:00Z", "NaN"); a string that
/// only looks like one is written with its first character as a \u escape, which every reader takes for the same string, and which this one does not convert.
/// </summary>
internal sealed class JsonLinesFormat : IRowFormat
{
    public bool HasFixedColumns => false;

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        using var lines = new StreamReader(new BoundedLines(stream, path), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
        string[] columns = [];
        long number = 0;
        while (NextLine(lines, path, number) is { } line)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            ExperimentRow row = ReadLine(line, number, path);
            // Equal rows share one list of columns.
            if (row.Columns.SequenceEqual(columns)) row = row with { Columns = columns };
            else columns = [.. row.Columns];
            yield return row;
        }
    }

    public IRowWriter CreateWriter(Stream stream, string? older)
    {
        if (older is null) return new Writer(stream, "\n");
        OlderText text = OlderText.Read(older);
        if (text.IsOpen) stream.Write(Encoding.UTF8.GetBytes(text.NewLine));
        return new Writer(stream, text.NewLine);
    }

    private static string? NextLine(StreamReader lines, string path, long number)
    {
        try
        {
            return lines.ReadLine();
        }
        catch (InvalidDataException error)
        {
            throw GzippedText.Damaged(path, number, error);
        }
        // A buffer is decoded as a whole.
        catch (DecoderFallbackException error)
        {
            throw new DataFormatException(path, $"line {number + 1} or a later one is not valid UTF-8. Save the file as UTF-8.", error);
        }
    }

    private static ExperimentRow ReadLine(string line, long number, string path)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(line, bytes);
            var reader = new Utf8JsonReader(bytes.AsSpan(0, length), RowJson.ReaderOptions);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
                throw new DataFormatException(path, $"line {number} begins a JSON array, but each line must be one JSON object. To read an array, use Get-Content -Raw and ConvertFrom-Json.");
            if (reader.TokenType != JsonTokenType.StartObject) throw new DataFormatException(path, $"line {number} must be a JSON object, such as {{\"Loss\": 0.5}}; it is another JSON value.");
            ExperimentRow row = RowJson.ReadObject(ref reader, number, path);
            // Throws where something follows the object.
            reader.Read();
            return row;
        }
        catch (JsonException error)
        {
            throw new DataFormatException(path, $"line {number} is not valid JSON at byte {error.BytePositionInLine + 1}: {JsonFault.Reason(error)}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private sealed class Writer(Stream stream, string newLine) : IRowWriter
    {
        private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);
        private readonly byte[] lineEnd = Encoding.UTF8.GetBytes(newLine);
        private Utf8JsonWriter? json;

        public void Write(ExperimentRow row, long number)
        {
            json ??= new Utf8JsonWriter(buffer, RowJson.WriterOptions);
            json.WriteStartObject();
            for (int i = 0; i < row.Columns.Count; i++)
            {
                json.WritePropertyName(row.Columns[i]);
                RowJson.WriteValue(json, ExperimentValue.Normalize(row.Values[i], row.Columns[i]));
            }
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.Write(lineEnd);
            if (buffer.WrittenCount > 1 << 15) Complete();
        }

        public void Complete()
        {
            stream.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }

        public void Dispose() => json?.Dispose();
    }
}
