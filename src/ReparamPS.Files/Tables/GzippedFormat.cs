using System.IO.Compression;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Tables.Lines;

namespace ReparamPS.Tables;

/// <summary>A text format in a gzip stream. Appended rows become a second member of the stream, as gzip allows.</summary>
internal sealed class GzippedFormat(IRowFormat inner) : IRowFormat
{
    /// <summary>The format of the unpacked text.</summary>
    public IRowFormat Inner { get; } = inner;

    public bool HasFixedColumns => Inner.HasFixedColumns;

    public IEnumerable<ExperimentRow> Read(string path, Stream stream)
    {
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        foreach (ExperimentRow row in Inner.Read(path, unzipped)) yield return row;
    }

    public IRowWriter CreateWriter(Stream stream, string? older)
    {
        string[]? columns = null;
        if (older is not null)
        {
            CheckText(older);
            using GZipStream input = Unzip(older);
            if (Inner is CsvFormat) columns = CsvFormat.ReadHeader(older, input);
        }
        var zipped = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        return new Writer(Inner is CsvFormat ? CsvFormat.CreateWriter(zipped, columns) : Inner.CreateWriter(zipped, older: null), zipped);
    }

    /// <summary>The error for a stream that cannot be unpacked.</summary>
    public static DataFormatException Damaged(string path, long line, Exception error) =>
        new(path, $"{(line == 0 ? "not a gzip file, or damaged at its start" : $"the gzip stream is damaged after line {line}")}: {ShortText.Of(error.Message)}", error);

    private static void CheckText(string older)
    {
        using GZipStream input = Unzip(older);
        try
        {
            TextEncoding.CheckAppendable(older, input);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(older, 0, error);
        }
    }

    private static GZipStream Unzip(string path) => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), CompressionMode.Decompress);

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
