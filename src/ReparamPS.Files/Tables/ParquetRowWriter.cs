using System.Text.Json;
using Parquet;
using Parquet.Schema;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>Gathers rows, and writes them a row group at a time.</summary>
internal sealed class ParquetRowWriter(Stream stream) : IRowWriter
{
    private readonly List<object?[]> pending = [];
    private readonly bool appends;
    private readonly IReadOnlyDictionary<string, string> olderMetadata = new Dictionary<string, string>();
    private TableColumns? table;
    private ParquetColumn[]? columns;
    private ParquetSchema? schema;
    private ParquetWriter? writer;

    /// <summary>Continues a file whose columns are settled.</summary>
    public ParquetRowWriter(Stream stream, ParquetColumn[] columns, ParquetSchema schema, IReadOnlyDictionary<string, string>? metadata) : this(stream)
    {
        appends = true;
        this.columns = columns;
        this.schema = schema;
        if (metadata is not null) olderMetadata = metadata;
        table = new TableColumns([.. columns.Select(column => column.Name)]);
    }

    public void Write(ExperimentRow row, long number)
    {
        if (table is null)
        {
            TableColumns.CheckAny(row.Columns);
            table = new TableColumns([.. row.Columns]);
        }
        object?[] values = table.Arrange(row, number);
        if (columns is not null) CheckTypes(values, number);
        pending.Add(values);
        if (pending.Count == ParquetFormat.RowGroupSize) WriteGroup();
    }

    public void Complete()
    {
        if (pending.Count > 0) WriteGroup();
        if (writer is null && !appends)
        {
            // A file needs a column, even without rows.
            schema = new ParquetSchema(new DataField("Value", typeof(string), isNullable: true));
            ParquetFormat.Wait(async () => { writer = await OpenAsync(); return 0; });
        }
        if (writer is not null) writer.CustomMetadata = Metadata();
        if (writer is not null) ParquetFormat.Wait(async () => { await writer.DisposeAsync(); return 0; });
        writer = null;
    }

    // A writer that is not completed would write a footer to a file that is about to go; it holds nothing but memory.
    public void Dispose() => writer = null;

    private void CheckTypes(object?[] values, long number)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (columns![i].Accepts(values[i])) continue;
            throw new ArgumentException(
                $"Row {number}: column '{ShortText.Of(columns[i].Name)}' has the type {columns[i].Description} from earlier rows; got {ShortText.Quoted(ExperimentValue.Format(values[i]))} of type {values[i]!.GetType().Name}. "
                + "Convert the column to one type, or write .csv or .jsonl, which have no column types.", columns[i].Name);
        }
    }

    private void WriteGroup()
    {
        if (columns is null)
        {
            columns = new ParquetColumn[table!.Names.Count];
            for (int i = 0; i < columns.Length; i++) columns[i] = ParquetColumn.For(table.Names[i], pending.ConvertAll(row => row[i]));
            schema = new ParquetSchema(columns.Select(Field (column) => column.Field));
        }
        ParquetFormat.Wait(async () =>
        {
            writer ??= await OpenAsync();
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            for (int i = 0; i < columns.Length; i++)
            {
                object?[] cells = new object?[pending.Count];
                for (int row = 0; row < cells.Length; row++) cells[row] = pending[row][i];
                await columns[i].WriteAsync(group, cells);
            }
            group.CompleteValidate();
            return 0;
        });
        pending.Clear();
    }

    private async Task<ParquetWriter> OpenAsync()
    {
        // The library's own default is the smallest size, which takes many times longer for a few per cent.
        var options = new ParquetOptions { CompressionLevel = System.IO.Compression.CompressionLevel.Optimal, UseBigDecimal = true };
        return await ParquetWriter.CreateAsync(schema!, stream, options, append: appends);
    }

    private Dictionary<string, string> Metadata()
    {
        Dictionary<string, string> metadata = new(olderMetadata);
        if (columns is null) metadata[ParquetFormat.EmptyKey] = "true";
        Dictionary<string, string> kept = (columns ?? []).Where(column => column.NeedsMetadata).ToDictionary(column => column.Name, column => column.Kind.ToString());
        Dictionary<string, string> offsets = (columns ?? []).Where(column => column.Kind == ColumnKind.OffsetTimestamp).ToDictionary(column => column.Name, column => column.Offsets.ToString());
        if (kept.Count > 0) metadata[ParquetFormat.MetadataKey] = JsonSerializer.Serialize(kept);
        if (offsets.Count > 0) metadata[ParquetFormat.OffsetsKey] = JsonSerializer.Serialize(offsets);
        return metadata;
    }
}
