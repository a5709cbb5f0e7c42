using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Tables;

/// <summary>Tables in files: CSV (.csv), JSON Lines (.jsonl), both also gzipped (.csv.gz, .jsonl.gz), Parquet (.parquet) and SQLite (.sqlite). The extension tells the format.</summary>
public sealed class TableFiles : ITableFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly (string Extension, IRowFormat Format)[] Formats =
    [
        (".csv", new CsvFormat()),
        (".jsonl", new JsonLinesFormat()),
        (".parquet", new ParquetFormat()),
        (".csv.gz", new GzippedFormat(new CsvFormat())),
        (".jsonl.gz", new GzippedFormat(new JsonLinesFormat())),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [.. Formats.Select(format => format.Extension), SqliteDatabase.Extension];

    /// <inheritdoc/>
    public IEnumerable<ExperimentRow> Read(string path, string? table, CsvDialect? csv, CancellationToken cancellation)
    {
        // That it is a folder says more than its extension.
        if (Directory.Exists(path)) RegularFile.CheckReadable(path);
        IRowFormat? format = FormatOf(path, table);
        if (csv is not null) format = InDialect(path, format, csv);
        RegularFile.CheckReadable(path);
        return format is null ? SqliteTableReader.Read(path, table, cancellation) : ReadRows(path, format, cancellation);
    }

    /// <inheritdoc/>
    public void CheckTarget(string path, bool append, ExistingFile existing, string? table)
    {
        FormatOf(path, table);
        AtomicFile.CheckTarget(path, append ? WhenAppending(existing) : existing);
    }

    /// <inheritdoc/>
    public ITableWriter CreateWriter(string path, bool append, ExistingFile existing, string? table, CancellationToken cancellation)
    {
        CheckTarget(path, append, existing, table);
        IRowFormat? format = FormatOf(path, table);
        // Where no file can be created, this error names the folder; that of the lock would name a hidden file.
        if (append) new AtomicFile(path, WhenAppending(existing)).Dispose();
        // Existing rows are copied before new ones are added, so only one process may do that at a time.
        FileLock? appending = append ? TakeLock(path, cancellation) : null;
        try
        {
            return new TableWriter(format is null ? new SqliteRowWriter(path, table, append, existing, cancellation) : new AtomicRowWriter(path, format, append, existing), appending);
        }
        catch
        {
            appending?.Dispose();
            throw;
        }
    }

    /// <summary>Waits until no other process adds to a file. The lock lies beside the file itself, whatever path leads to it.</summary>
    internal static FileLock TakeLock(string path, CancellationToken cancellation) => FileLock.Take(AtomicFile.Beside(path, ".lock"), Patience, cancellation);

    private static ExistingFile WhenAppending(ExistingFile existing) => existing == ExistingFile.Refuse ? ExistingFile.OfferForce : existing;

    private static IEnumerable<ExperimentRow> ReadRows(string path, IRowFormat format, CancellationToken cancellation)
    {
        using FileStream stream = RegularFile.OpenShared(path);
        if (format is CsvFormat or JsonLinesFormat) FileMarks.RefuseOthers(path, stream);
        foreach (ExperimentRow row in format.Read(path, stream))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    private static IRowFormat InDialect(string path, IRowFormat? format, CsvDialect csv) => format switch
    {
        CsvFormat => new CsvFormat(csv),
        GzippedFormat { Inner: CsvFormat } => new GzippedFormat(new CsvFormat(csv)),
        _ => throw new ArgumentException($"{(csv.Delimiter is null ? "DecimalComma: only .csv and .csv.gz files have a decimal comma" : "Delimiter: only .csv and .csv.gz files have a delimiter")}; got {ShortText.Quoted(path)}. Leave out -{(csv.Delimiter is null ? "DecimalComma" : "Delimiter")}.", nameof(csv)),
    };

    // Null for a database, which is more than a stream of rows.
    private IRowFormat? FormatOf(string path, string? table)
    {
        if (SqliteDatabase.Has(path)) return null;
        if (table is not null) throw new ArgumentException($"Table: only a database ({SqliteDatabase.Extension}) has tables; got {ShortText.Quoted(path)}. Leave out -Table, or use a path that ends in {SqliteDatabase.Extension}.", nameof(table));
        // The longest extension wins: .csv.gz is not .gz.
        foreach ((string extension, IRowFormat format) in Formats.OrderByDescending(known => known.Extension.Length))
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return format;
        }
        throw new ArgumentException($"'{ShortText.Of(path)}': the extension must be one of {string.Join(", ", Extensions)}.", nameof(path));
    }

    private sealed class TableWriter(IRowWriter rows, FileLock? appending) : ITableWriter
    {
        private IReadOnlyList<string>? checkedColumns;

        public long Count { get; private set; }

        public void Write(ExperimentRow row)
        {
            if (!ReferenceEquals(row.Columns, checkedColumns)) Check(row.Columns);
            rows.Write(row, Count + 1);
            Count++;
        }

        public void Complete()
        {
            rows.Complete();
            appending?.Dispose();
        }

        public void Dispose()
        {
            try
            {
                rows.Dispose();
            }
            finally
            {
                appending?.Dispose();
            }
        }

        // Programs that read tables, SQLite among them, do not distinguish such names.
        private void Check(IReadOnlyList<string> columns)
        {
            var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (string column in columns)
            {
                if (column.Length == 0) throw new ArgumentException($"Row {Count + 1} has a column without a name.", nameof(columns));
                if (!seen.TryAdd(column, column)) throw new ArgumentException($"Row {Count + 1} has the columns '{ShortText.Of(seen[column])}' and '{ShortText.Of(column)}'; names must differ in more than case.", column);
            }
            checkedColumns = columns;
        }
    }
}
