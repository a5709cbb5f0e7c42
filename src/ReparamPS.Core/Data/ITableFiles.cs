namespace ReparamPS.Data;

/// <summary>Reads and writes tables in files. The extension selects the format.</summary>
public interface ITableFiles
{
    /// <summary>The known extensions.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Reads a table, row by row.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">The table of a database; null for 'rows', or the only one.</param>
    /// <param name="csv">How a CSV file of another program is read; null for our own files.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ArgumentException">The extension is not known, the path is a folder, or a table or a CSV dialect is given for another format.</exception>
    /// <exception cref="DataFormatException">The file does not have the format of its extension; the message says where.</exception>
    IEnumerable<ExperimentRow> Read(string path, string? table, CsvDialect? csv, CancellationToken cancellation);

    /// <summary>Refuses a file that no table can be written to, before any work is done.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether the rows come after those of an existing file.</param>
    /// <param name="existing">What happens to an existing file if it is not appended to.</param>
    /// <param name="table">The table of a database; null for 'rows'.</param>
    /// <exception cref="ArgumentException">The extension is not known, the path is a folder, or a table is given for another format.</exception>
    void CheckTarget(string path, bool append, ExistingFile existing, string? table);

    /// <summary>Starts a table, which appears when it is completed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="append">Whether the rows come after those of an existing file.</param>
    /// <param name="existing">What happens to an existing file if it is not appended to.</param>
    /// <param name="table">The table of a database; null for 'rows'. An existing database keeps its other tables.</param>
    /// <param name="cancellation">Ends the wait for other processes that append to the file.</param>
    ITableWriter CreateWriter(string path, bool append, ExistingFile existing, string? table, CancellationToken cancellation);
}
