using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>
/// Writes rows of a format to a file that appears, or is replaced, when it is complete. Appended rows follow a copy of the existing ones. If all rows must have the same columns,
/// the first rows tell which: a failed run has fewer than the next.
/// </summary>
internal sealed class AtomicRowWriter : IRowWriter
{
    /// <summary>Number of rows that determine the columns.</summary>
    internal const int SettlingRows = 1 << 12;

    private readonly AtomicFile file;
    private readonly IRowWriter writer;
    private readonly List<ExperimentRow> unsettled = [];
    private bool isSettled;

    public AtomicRowWriter(string path, IRowFormat format, bool append, ExistingFile existing)
    {
        bool extends = append && File.Exists(path) && new FileInfo(path).Length > 0 && !format.IsEmpty(path);
        isSettled = extends || !format.HasFixedColumns;
        file = new AtomicFile(path, append && existing == ExistingFile.Refuse ? ExistingFile.OfferForce : existing);
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

    public void Write(ExperimentRow row, long number)
    {
        if (isSettled)
        {
            writer.Write(row, number);
            return;
        }
        unsettled.Add(ExperimentValue.Normalize(row));
        if (unsettled.Count == SettlingRows) Settle();
    }

    public void Complete()
    {
        if (!isSettled) Settle();
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

    private void Settle()
    {
        isSettled = true;
        if (unsettled.Count == 0) return;
        string[] columns = [.. unsettled.SelectMany(row => row.Columns).Distinct(StringComparer.OrdinalIgnoreCase)];
        ExperimentRow first = unsettled[0];
        unsettled[0] = new ExperimentRow(columns, [.. columns.Select(name => first[name])]);
        for (int i = 0; i < unsettled.Count; i++) writer.Write(unsettled[i], i + 1);
        unsettled.Clear();
    }

    private void CopyOlder(string path)
    {
        using var older = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        older.CopyTo(file.Stream);
    }
}
