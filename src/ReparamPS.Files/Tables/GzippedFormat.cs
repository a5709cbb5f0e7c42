using System.IO.Compression;
using ReparamPS.Data;

namespace ReparamPS.Tables;

/// <summary>A text format in a gzip stream. Appended rows become a second member of the stream, as gzip allows.</summary>
internal sealed class GzippedFormat(IRowFormat inner) : IRowFormat
{
    /// <summary>The format of the unpacked text.</summary>
    public IRowFormat Inner { get; } = inner;

    public bool HasFixedColumns => Inner.HasFixedColumns;

    public bool IsEmpty(string path) => Inner.IsEmpty(path);

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        using var unzipped = new GZipReader(stream, path);
        foreach (ExperimentRow row in Inner.Read(path, unzipped)) yield return row;
    }

    public IRowWriter CreateWriter(Stream stream, string? older)
    {
        var zipped = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        try
        {
            return new Writer(Inner.CreateWriter(zipped, older), zipped);
        }
        catch
        {
            zipped.Dispose();
            throw;
        }
    }

    private sealed class Writer(IRowWriter rows, GZipStream zipped) : IRowWriter
    {
        public void Write(ExperimentRow row, long number) => rows.Write(row, number);

        public void Complete()
        {
            rows.Complete();
            rows.Dispose();
            zipped.Dispose();
        }

        public void Dispose()
        {
            rows.Dispose();
            zipped.Dispose();
        }
    }
}
