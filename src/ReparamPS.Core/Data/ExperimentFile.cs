namespace ReparamPS.Data;

/// <summary>
/// Tables of experiments in files: CSV (.csv), JSON lines (.jsonl), both also gzipped (.csv.gz, .jsonl.gz), Parquet (.parquet) and SQLite (.sqlite). The extension says which.
/// </summary>
public static class ExperimentFile
{
    private static readonly (string Extension, IRowFormat Format)[] Formats =
    [
        (".csv", new CsvFormat()),
        (".jsonl", new JsonLinesFormat()),
        (".parquet", new ParquetFormat()),
        (".csv.gz", new GzippedFormat(new CsvFormat())),
        (".jsonl.gz", new GzippedFormat(new JsonLinesFormat())),
    ];

    /// <summary>The extensions that are known.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [.. Formats.Select(format => format.Extension), SqliteDatabase.Extension];

    /// <summary>Reads a table, row by row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">The table of a database; null takes 'rows', or the only one that is there.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The extension is not known, or the path is a folder.</exception>
    /// <exception cref="DataFormatException">The file is not what its extension says; the message says where.</exception>
    public static IEnumerable<ExperimentRow> Read(string path, string? table = null, CancellationToken cancellation = default)
    {
        IRowFormat? format = FormatOf(path, table);
        if (Directory.Exists(path)) throw new ArgumentException($"'{path}' is a folder; a file is wanted.", nameof(path));
        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}' does not exist.", path);
        return format is null ? SqliteTableReader.Read(path, table, cancellation) : ReadRows(path, format, cancellation);
    }

    /// <summary>Starts a table, which appears when it is completed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether the rows come after those of a file that is there already.</param>
    /// <param name="existing">What happens to a file that is there already, when it is not appended to.</param>
    /// <param name="table">The table of a database; null is 'rows'. A database that is there keeps its other tables.</param>
    /// <param name="cancellation">Ends the wait for others that append to the file.</param>
    public static ExperimentWriter CreateWriter(string path, bool append = false, ExistingFile existing = ExistingFile.Replace, string? table = null, CancellationToken cancellation = default)
    {
        IRowFormat? format = FormatOf(path, table);
        IDisposable? appending = append ? AppendLock.Take(path, cancellation) : null;
        try
        {
            return new ExperimentWriter(format is null ? new SqliteRowWriter(path, table, append, existing) : new AtomicRowWriter(path, format, append, existing), appending);
        }
        catch
        {
            appending?.Dispose();
            throw;
        }
    }

    /// <summary>Writes a whole table.</summary>
    public static void Write(string path, IEnumerable<ExperimentRow> rows)
    {
        using ExperimentWriter writer = CreateWriter(path);
        foreach (ExperimentRow row in rows) writer.Write(row);
        writer.Complete();
    }

    private static IEnumerable<ExperimentRow> ReadRows(string path, IRowFormat format, CancellationToken cancellation)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);
        foreach (ExperimentRow row in format.Read(path, stream))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    // Null is a database, which is more than a stream of rows.
    private static IRowFormat? FormatOf(string path, string? table)
    {
        if (SqliteDatabase.Has(path)) return null;
        if (table is not null) throw new ArgumentException($"Table: only a database ({SqliteDatabase.Extension}) has tables, but '{path}' came.", nameof(table));
        // The longest extension wins: .csv.gz is not .gz.
        foreach ((string extension, IRowFormat format) in Formats.OrderByDescending(known => known.Extension.Length))
        {
            if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return format;
        }
        throw new ArgumentException($"'{path}': the extension must be one of {string.Join(", ", Extensions)}.", nameof(path));
    }
}

/// <summary>How rows become bytes and bytes rows.</summary>
internal interface IRowFormat
{
    /// <summary>Whether all rows have the same columns.</summary>
    bool HasFixedColumns => true;

    /// <summary>The rows of a file; the path is for errors.</summary>
    IEnumerable<ExperimentRow> Read(string path, Stream stream);

    /// <summary>A writer of rows.</summary>
    /// <param name="stream">Where to write; it stays open. When appending it holds the older file, and stands at its end.</param>
    /// <param name="older">The older file, when its rows come first; else null.</param>
    IRowWriter CreateWriter(Stream stream, string? older);
}

/// <summary>Writes rows of normalized values.</summary>
internal interface IRowWriter : IDisposable
{
    /// <summary>Writes a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="number">Its number, from 1, for errors.</param>
    void Write(ExperimentRow row, long number);

    /// <summary>Writes what is still to be written.</summary>
    void Complete();
}
