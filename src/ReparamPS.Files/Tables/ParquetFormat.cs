using System.Text.Json;
using Parquet;
using Parquet.Schema;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>
/// Parquet, a row group at a time. The columns' types are settled by the first group; a column of several types, or of dates with offsets, is kept as JSON text, which
/// the file's metadata tells, so that every value comes back as it went in.
/// </summary>
internal sealed class ParquetFormat : IRowFormat
{
    /// <summary>The rows that are held in memory and written together.</summary>
    internal const int RowGroupSize = 1 << 15;

    /// <summary>The key of the file's metadata that names the columns kept in another form than their type says.</summary>
    internal const string MetadataKey = "reparamps.columns";

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        ParquetReader reader = Guard(path, () => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
        try
        {
            ParquetColumn[] columns = Columns(reader, path);
            string[] names = [.. columns.Select(column => column.Name)];
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
        ParquetReader reader = Guard(older, () => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
        try
        {
            return new ParquetRowWriter(stream, Columns(reader, older), reader.Schema, reader.CustomMetadata);
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
            throw new DataFormatException(path, $"not a complete Parquet file: {error.Message}", error);
        }
    }

    private static ParquetColumn[] Columns(ParquetReader reader, string path)
    {
        Dictionary<string, string> kept = [];
        if (reader.CustomMetadata is { } metadata && metadata.TryGetValue(MetadataKey, out string? text))
        {
            kept = JsonSerializer.Deserialize<Dictionary<string, string>>(text) ?? [];
        }
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return Array.ConvertAll(reader.Schema.GetDataFields(), field =>
        {
            string name = field.Path.ToString();
            if (field.IsArray || field.MaxRepetitionLevel > 0) throw new DataFormatException(path, $"column '{name}' holds lists, but rows are flat.");
            if (!seen.Add(field.Name)) throw new DataFormatException(path, $"it has the column '{field.Name}' twice.");
            return new ParquetColumn(field, KindOf(field, kept, path));
        });
    }

    private static ColumnKind KindOf(DataField field, Dictionary<string, string> kept, string path)
    {
        if (kept.TryGetValue(field.Name, out string? name) && Enum.TryParse(name, out ColumnKind known)) return known;
        return ParquetCells.KindOf(field) ?? throw new DataFormatException(path, $"column '{field.Name}' is of type {field.ClrType.Name}, which tables do not support.");
    }
}
