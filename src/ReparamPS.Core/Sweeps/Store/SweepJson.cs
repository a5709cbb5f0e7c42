using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Store;

/// <summary>The records of a sweep folder: one JSON object per line. A file appears whole or not at all.</summary>
internal static class SweepJson
{
    /// <summary>A record as a line, with its line feed.</summary>
    public static ReadOnlyMemory<byte> Line<T>(T record, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, RowJson.WriterOptions)) JsonSerializer.Serialize(json, record, type);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>A row as a line, with its line feed.</summary>
    public static ReadOnlyMemory<byte> Line(ExperimentRow row)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, RowJson.WriterOptions)) RowJson.WriteValue(json, row);
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>The record of a line; null if the line is not such a record, as after a crash of the machine.</summary>
    public static T? TryParse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (Exception error) when (error is JsonException or DataFormatException)
        {
            return null;
        }
    }

    /// <summary>The row of a line; null if the line is not a whole object.</summary>
    public static ExperimentRow? TryParseRow(ReadOnlySpan<byte> line, string path)
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

    /// <summary>The one record of a file; null if the file does not exist or is not such a record.</summary>
    public static T? TryRead<T>(string path, JsonTypeInfo<T> type) where T : class =>
        SharedFiles.TryRead(path) is { } bytes ? TryParse(bytes, type) : null;

    /// <summary>Writes a file of one record; an older file is replaced.</summary>
    public static void Write<T>(string path, T record, JsonTypeInfo<T> type) => AtomicFile.WriteAll(path, Line(record, type).Span, flush: false);
}

/// <summary>Settings inside a record: an object of numbers, strings, Booleans, dates, and lists of them.</summary>
internal sealed class ExperimentRowConverter : JsonConverter<ExperimentRow>
{
    public override ExperimentRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartObject ? RowJson.ReadObject(ref reader, 1, "") : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ExperimentRow value, JsonSerializerOptions options) => RowJson.WriteValue(writer, value);
}

/// <summary>The file sweep.json.</summary>
internal sealed record SweepMark(int Format, DateTime Created, string Version);

/// <summary>The types of the records. Their code is generated, since reflection would cost every worker process a tenth of a second.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, Converters = [typeof(ExperimentRowConverter)])]
[JsonSerializable(typeof(SweepMark)), JsonSerializable(typeof(StoredRun)), JsonSerializable(typeof(StoredCommand)), JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(StoredOwner)), JsonSerializable(typeof(SweepSchedule))]
internal sealed partial class StoreRecords : JsonSerializerContext;
