namespace ReparamPS.Data;

/// <summary>Writes a table row by row. The file appears, or changes, when the table is completed, and stays as it was if that never happens.</summary>
public sealed class ExperimentWriter : IDisposable
{
    private readonly IRowWriter writer;
    private readonly IDisposable? appending;

    internal ExperimentWriter(IRowWriter writer, IDisposable? appending) => (this.writer, this.appending) = (writer, appending);

    /// <summary>How many rows were written.</summary>
    public long Count { get; private set; }

    /// <summary>Writes a row.</summary>
    /// <exception cref="ArgumentException">The row does not fit the table: another column, or a value that is not flat.</exception>
    public void Write(ExperimentRow row)
    {
        writer.Write(row, Count + 1);
        Count++;
    }

    /// <summary>Ends the table and gives the file its name.</summary>
    public void Complete()
    {
        writer.Complete();
        appending?.Dispose();
    }

    /// <summary>Drops a table that was not completed.</summary>
    public void Dispose()
    {
        writer.Dispose();
        appending?.Dispose();
    }
}
