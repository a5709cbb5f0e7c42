using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>
/// Rows as JSON. Dates, NaN and the infinities are strings ("2026-01-31T12:00:00Z", "NaN"). A string that looks like one of these is written with its first character as a \u escape:
/// every reader sees the same string, and this one does not convert it.
/// </summary>
internal static class RowJson
{
    /// <summary>How rows are read.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = 64 };

    /// <summary>How rows are written.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A single value as JSON.</summary>
    public static string Text(object value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions)) WriteValue(json, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value that <see cref="Text"/> wrote.</summary>
    public static object? Value(string json, string path)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), ReaderOptions);
        reader.Read();
        return ReadValue(ref reader, 1, path);
    }

    /// <summary>The object at the position of a reader; number and path are for errors.</summary>
    public static ExperimentRow ReadObject(ref Utf8JsonReader reader, long number, string path)
    {
        List<string> columns = [];
        List<object?> values = [];
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ExperimentRow.NameOf(StringAt(ref reader, number, path), columns.Count);
            if (seen.TryGetValue(name, out string? earlier))
                throw new DataFormatException(path, $"line {number} has the column '{ShortText.Of(name)}' twice{(earlier == name ? "" : $", also as '{ShortText.Of(earlier)}'; upper and lower case count as equal")}. Rename one of them.");
            seen.Add(name);
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
                return ExperimentValue.TryNumber(digits) ?? throw new DataFormatException(path, $"line {number}: the number {ShortText.Of(digits)} is too large; numbers up to ±1.8e308 can be read.");
            case JsonTokenType.String:
                bool escaped = reader.ValueSpan is [(byte)'\\', ..];
                string text = StringAt(ref reader, number, path);
                return escaped ? text : ExperimentValue.TryDate(text) ?? ExperimentValue.TryNamedNumber(text) ?? text;
            case JsonTokenType.StartObject: return ReadObject(ref reader, number, path);
            default:
                List<object?> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(ReadValue(ref reader, number, path));
                return items.ToArray();
        }
    }

    private static string StringAt(ref Utf8JsonReader reader, long number, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        // A surrogate without its other half; what is not UTF-8 does not get here.
        catch (InvalidOperationException error)
        {
            throw new DataFormatException(path, $"line {number}: the text \"{ShortText.Of(Encoding.UTF8.GetString(reader.ValueSpan))}\" is not valid Unicode: a \\u escape from d800 to dfff is half of a pair, and the other half is missing.", error);
        }
    }

    /// <summary>Writes a normalized value, a nested row or a list of them.</summary>
    public static void WriteValue(Utf8JsonWriter json, object? value)
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
            default: json.WriteRawValue(ExperimentValue.FileText(value), skipInputValidation: true); break;
        }
    }
}
