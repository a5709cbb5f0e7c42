using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>How rows become bytes and bytes rows.</summary>
internal interface IRowFormat
{
    /// <summary>Whether all rows have the same columns.</summary>
    bool HasFixedColumns => true;

    /// <summary>Whether a file that has bytes is a table without rows and columns.</summary>
    bool IsEmpty(string path) => false;

    /// <summary>The rows of a file; the path is for errors.</summary>
    IEnumerable<ExperimentRow> Read(string path, Stream stream);

    /// <summary>A writer of rows.</summary>
    /// <param name="stream">Where to write; it stays open. When appending it holds the older file, and stands at its end.</param>
    /// <param name="older">The older file if its rows come first; otherwise null.</param>
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
