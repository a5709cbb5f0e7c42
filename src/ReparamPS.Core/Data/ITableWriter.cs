namespace ReparamPS.Data;

/// <summary>Writes a table row by row. The file appears, or changes, when the table is completed; otherwise it stays as it was.</summary>
public interface ITableWriter : IDisposable
{
    /// <summary>The number of rows written.</summary>
    long Count { get; }

    /// <summary>Writes a row.</summary>
    /// <exception cref="ArgumentException">The row does not fit the table: it has another column, or a value that is not flat.</exception>
    void Write(ExperimentRow row);

    /// <summary>Completes the table and renames the file to its final name.</summary>
    void Complete();
}
