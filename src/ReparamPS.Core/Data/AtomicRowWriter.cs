namespace ReparamPS.Data;

/// <summary>Writes rows of a format to a file that appears, or is replaced, when it is complete. Rows that are appended follow a copy of those that are there.</summary>
internal sealed class AtomicRowWriter : IRowWriter
{
    private readonly AtomicFile file;
    private readonly IRowWriter writer;

    public AtomicRowWriter(string path, IRowFormat format, bool append, ExistingFile existing)
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

    public void Write(ExperimentRow row, long number) => writer.Write(row, number);

    public void Complete()
    {
        writer.Complete();
        writer.Dispose();
        file.Commit();
    }

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
