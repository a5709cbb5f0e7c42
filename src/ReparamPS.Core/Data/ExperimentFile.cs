using ReparamPS.Native;

namespace ReparamPS.Data;

/// <summary>Tables of experiments in files: CSV, JSON Lines, Parquet and SQLite.</summary>
public static class ExperimentFile
{
    private static ITableFiles Files => FilesAssembly.Get<ITableFiles>();

    /// <inheritdoc cref="ITableFiles.Extensions"/>
    public static IReadOnlyList<string> Extensions => Files.Extensions;

    /// <inheritdoc cref="ITableFiles.Read"/>
    public static IEnumerable<ExperimentRow> Read(string path, string? table = null, CsvDialect? csv = null, CancellationToken cancellation = default) => Files.Read(path, table, csv, cancellation);

    /// <inheritdoc cref="ITableFiles.CheckTarget"/>
    public static void CheckTarget(string path, bool append = false, ExistingFile existing = ExistingFile.Replace, string? table = null) => Files.CheckTarget(path, append, existing, table);

    /// <inheritdoc cref="ITableFiles.CreateWriter"/>
    public static ITableWriter CreateWriter(string path, bool append = false, ExistingFile existing = ExistingFile.Replace, string? table = null, CancellationToken cancellation = default) =>
        Files.CreateWriter(path, append, existing, table, cancellation);

    /// <summary>Writes a whole table.</summary>
    public static void Write(string path, IEnumerable<ExperimentRow> rows)
    {
        using ITableWriter writer = CreateWriter(path);
        foreach (ExperimentRow row in rows) writer.Write(row);
        writer.Complete();
    }
}
