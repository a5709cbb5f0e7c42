namespace ReparamPS.Data;

/// <summary>Writes a table row by row. The file appears, or changes, when the table is completed, and stays as it was if that never happens.</summary>
public sealed class ExperimentWriter : IDisposable
{
    private readonly AtomicFile file;
    private readonly IRowWriter writer;

    internal ExperimentWriter(string path, IRowFormat format, bool append, ExistingFile existing)
    {
        bool extends = append && File.Exists(path) && new FileInfo(path).Length > 0;
        file = new AtomicFile(path, append && existing == ExistingFile.Refuse ? ExistingFile.Replace : existing);
        try
        {
            if (extends) CopyOlder(path);
            writer = format.CreateWriter(file.Stream, extends ? path : null);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

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
        writer.Dispose();
        file.Commit();
    }

    /// <summary>Drops a table that was not completed.</summary>
    public void Dispose()
    {
        try
        {
            writer.Dispose();
        }
        finally
        {
            file.Dispose();
        }
    }

    private void CopyOlder(string path)
    {
        using var older = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        older.CopyTo(file.Stream);
    }
}
