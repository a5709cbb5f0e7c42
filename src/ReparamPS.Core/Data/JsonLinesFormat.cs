using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReparamPS.Data;

/// <summary>
/// JSON lines: an object a line, whose columns may differ from line to line. Dates, NaN and the infinities are strings there ("2026-01-31T12:00:00Z", "NaN"); a string that
/// only looks like one is written with its first character as a \u escape, which is the same string to every reader, and tells this one to leave it alone.
/// </summary>
internal sealed class JsonLinesFormat : IRowFormat
{
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 64 };
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public bool HasFixedColumns => false;

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        using var lines = new StreamReader(stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16, leaveOpen: true);
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
        if (older is not null) TextTail.EndLine(stream);
        return new Writer(stream);
    }

    /// <summary>A value alone as JSON.</summary>
    internal static string Text(object value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions)) WriteValue(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value that <see cref="Text"/> wrote.</summary>
    internal static object? Value(string json, string path)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), ReaderOptions);
        reader.Read();
        return ReadValue(ref reader, 1, path);
    }

    private static string? NextLine(StreamReader lines, string path, long number)
    {
        try
        {
            return lines.ReadLine();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataFormatException(path, $"the gzip stream is damaged after line {number}: {error.Message}", error);
        }
    }

    private static ExperimentRow ReadLine(string line, long number, string path)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(line.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(line, bytes);
            var reader = new Utf8JsonReader(bytes.AsSpan(0, length), ReaderOptions);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new DataFormatException(path, $"line {number} is no JSON object.");
            ExperimentRow row = ReadObject(ref reader, number, path);
            // Throws where something follows the object.
            reader.Read();
            return row;
        }
        catch (JsonException error)
        {
            throw new DataFormatException(path, $"line {number}, byte {error.BytePositionInLine + 1} is no JSON: {error.Message}", error);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>The object that a reader stands at the start of; the number and path are for errors.</summary>
    internal static ExperimentRow ReadObject(ref Utf8JsonReader reader, long number, string path)
    {
        List<string> columns = [];
        List<object?> values = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            if (columns.Contains(name, StringComparer.OrdinalIgnoreCase)) throw new DataFormatException(path, $"line {number} has the column '{name}' twice.");
            columns.Add(name);
            reader.Read();
            values.Add(ReadValue(ref reader, number, path));
        }
        return new ExperimentRow(columns, values);
    }

    private static object? ReadValue(ref Utf8JsonReader reader, long number, string path)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return null;
            case JsonTokenType.True: return true;
            case JsonTokenType.False: return false;
            case JsonTokenType.Number:
                string digits = Encoding.UTF8.GetString(reader.ValueSpan);
                return ExperimentValue.TryNumber(digits) ?? throw new DataFormatException(path, $"line {number}: the number {digits} is too large.");
            case JsonTokenType.String:
                bool escaped = reader.ValueSpan is [(byte)'\\', ..];
                string text = reader.GetString()!;
                return escaped ? text : ExperimentValue.TryDate(text) ?? ExperimentValue.TryNamedNumber(text) ?? text;
            case JsonTokenType.StartObject: return ReadObject(ref reader, number, path);
            default:
                List<object?> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue(ref reader, number, path));
                return items.ToArray();
        }
    }

    /// <summary>Writes a normalized value, a nested row or a list of them.</summary>
    internal static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text when ExperimentValue.TryDate(text) is not null || ExperimentValue.TryNamedNumber(text) is not null:
                json.WriteRawValue($"\"\\u{(int)text[0]:x4}{text[1..]}\"", skipInputValidation: true);
                break;
            case string text: json.WriteStringValue(text); break;
            case double number when !double.IsFinite(number): json.WriteStringValue(ExperimentValue.Format(number)); break;
            case float number when !float.IsFinite(number): json.WriteStringValue(ExperimentValue.Format(number)); break;
            case ExperimentRow row:
                json.WriteStartObject();
                for (int i = 0; i < row.Columns.Count; i++)
                {
                    json.WritePropertyName(row.Columns[i]);
                    WriteValue(json, row.Values[i]);
                }
                json.WriteEndObject();
                break;
            case object?[] items:
                json.WriteStartArray();
                foreach (object? item in items) WriteValue(json, item);
                json.WriteEndArray();
                break;
            case DateTime or DateTimeOffset: json.WriteStringValue(ExperimentValue.Format(value)); break;
            default: json.WriteRawValue(ExperimentValue.Format(value), skipInputValidation: true); break;
        }
    }

    private sealed class Writer(Stream stream) : IRowWriter
    {
        private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);
        private Utf8JsonWriter? json;

        public void Write(ExperimentRow row, long number)
        {
            json ??= new Utf8JsonWriter(buffer, WriterOptions);
            json.WriteStartObject();
            for (int i = 0; i < row.Columns.Count; i++)
            {
                json.WritePropertyName(row.Columns[i]);
                WriteValue(json, ExperimentValue.Normalize(row.Values[i], row.Columns[i]));
            }
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
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
