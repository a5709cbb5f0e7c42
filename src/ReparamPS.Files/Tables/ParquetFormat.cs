using System.Text.Json;
using Parquet;
using Parquet.Schema;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>
/// Parquet, a row group at a time. The first group settles the columns' types; a column of several types is kept as JSON text. The file's metadata names such columns,
/// local dates, and the offsets of dates, so that every value comes back as it went in.
/// </summary>
internal sealed class ParquetFormat : IRowFormat
{
    /// <summary>The rows that are held in memory and written together.</summary>
    internal const int RowGroupSize = 1 << 15;

    /// <summary>The key of the file's metadata that names the columns kept in another form than their type says.</summary>
    internal const string MetadataKey = "reparamps.columns";

    /// <summary>The key of the file's metadata that keeps the offsets of dates, by column.</summary>
    internal const string OffsetsKey = "reparamps.offsets";

    /// <summary>The key of the file's metadata that marks a table without rows and without columns of its own.</summary>
    internal const string EmptyKey = "reparamps.empty";

    // The library's own conversion to decimals loses digits.
    private static readonly ParquetOptions ReaderOptions = new() { UseBigDecimal = true };

    private static ReadOnlySpan<byte> Mark => "PAR1"u8;

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        ParquetReader reader = Open(path, stream);
        try
        {
            if (IsEmpty(reader)) yield break;
            ParquetColumn[] columns = Columns(reader, path);
            string[] names = [.. columns.Select((column, i) => ExperimentRow.NameOf(column.Name, i))];
            for (int i = 0; i < reader.RowGroupCount; i++)
            {
                using ParquetRowGroupReader group = reader.OpenRowGroupReader(i);
                object?[][] cells = Guard(path, () => ParquetCells.ReadAsync(group, columns, path));
                for (int row = 0; row < group.RowCount; row++) yield return new ExperimentRow(names, Array.ConvertAll(cells, column => column[row]));
            }
        }
        finally
        {
            Wait(async () => { await reader.DisposeAsync(); return 0; });
        }
    }

    public IRowWriter CreateWriter(Stream stream, string? older)
    {
        if (older is null) return new ParquetRowWriter(stream);
        stream.Position = 0;
        ParquetReader reader = Open(older, stream);
        try
        {
            ParquetColumn[] columns = Columns(reader, older);
            if (Array.Find(columns, column => !column.IsWritable) is { } foreign)
            {
                throw new ArgumentException(
                    $"Rows cannot be appended to '{older}': its column '{foreign.Name}' has a type that this module reads but does not write. Import the rows of that file, and export them with the new rows to a new file.", nameof(older));
            }
            return new ParquetRowWriter(stream, columns, reader.Schema, reader.CustomMetadata);
        }
        finally
        {
            Wait(async () => { await reader.DisposeAsync(); return 0; });
        }
    }

    public bool IsEmpty(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        ParquetReader reader = Open(path, stream);
        try
        {
            return IsEmpty(reader);
        }
        finally
        {
            Wait(async () => { await reader.DisposeAsync(); return 0; });
        }
    }

    /// <summary>Runs an asynchronous call to its end, away from any synchronization context.</summary>
    internal static T Wait<T>(Func<Task<T>> call) => Task.Run(call).GetAwaiter().GetResult();

    private static T Guard<T>(string path, Func<Task<T>> call)
    {
        try
        {
            return Wait(call);
        }
        catch (Exception error) when (error is not (DataFormatException or OutOfMemoryException))
        {
            // The library meets damaged bytes with whatever exception they lead to.
            throw new DataFormatException(path, $"the Parquet file is damaged: {ShortText.Of(error.Message)}", error);
        }
    }

    private static ParquetReader Open(string path, Stream stream)
    {
        Span<byte> start = stackalloc byte[4], end = stackalloc byte[4];
        if (stream.Length == 0) throw new DataFormatException(path, "the file is empty.");
        stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (!start.SequenceEqual(Mark)) throw new DataFormatException(path, "not a Parquet file: it does not start with PAR1.");
        stream.Position = stream.Length - end.Length;
        stream.ReadExactly(end);
        if (!end.SequenceEqual(Mark)) throw new DataFormatException(path, "the Parquet file is truncated: it does not end with PAR1.");
        stream.Position = 0;
        return Guard(path, () => ParquetReader.CreateAsync(stream, ReaderOptions, leaveStreamOpen: true));
    }

    private static ParquetColumn[] Columns(ParquetReader reader, string path)
    {
        Dictionary<string, string> kept = ByColumn(reader.CustomMetadata, MetadataKey, path), offsets = ByColumn(reader.CustomMetadata, OffsetsKey, path);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return Array.ConvertAll(reader.Schema.GetDataFields(), field =>
        {
            string name = field.Path.FirstPart ?? field.Name;
            if (field.IsArray || field.MaxRepetitionLevel > 0) throw new DataFormatException(path, $"column '{ShortText.Of(name)}' holds lists, but a column may hold only single values.");
            if (field.Path.Length > 1) throw new DataFormatException(path, $"column '{ShortText.Of(name)}' holds objects, but a column may hold only single values.");
            if (!seen.Add(field.Name)) throw new DataFormatException(path, $"the file has the column '{ShortText.Of(field.Name)}' twice.");
            return new ParquetColumn(field, KindOf(field, kept, path), offsets.TryGetValue(field.Name, out string? runs) ? OffsetRuns.Parse(runs) : null);
        });
    }

    /// <summary>An entry of the metadata that is a text per column; empty if there is none.</summary>
    internal static Dictionary<string, string> ByColumn(IReadOnlyDictionary<string, string>? metadata, string key, string path)
    {
        if (metadata is null || !metadata.TryGetValue(key, out string? text)) return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];
        }
        catch (JsonException error)
        {
            throw new DataFormatException(path, $"its metadata '{ShortText.Of(key)}', which this module wrote, is not valid JSON: {JsonFault.Of(error)} Use an intact copy, or write the file again.", error);
        }
    }

    private static bool IsEmpty(ParquetReader reader) => reader.CustomMetadata?.ContainsKey(EmptyKey) == true;

    private static ColumnKind KindOf(DataField field, Dictionary<string, string> kept, string path)
    {
        if (kept.TryGetValue(field.Name, out string? name) && Enum.TryParse(name, out ColumnKind known) && ParquetCells.MayBe(field, known)) return known;
        return ParquetCells.KindOf(field) ?? throw new DataFormatException(path, $"column '{ShortText.Of(field.Name)}' is of type {ParquetCells.NameOf(field)}, which this module cannot read. Convert the column to numbers, text, Booleans, dates or GUIDs, or leave it out of the file.");
    }
}
