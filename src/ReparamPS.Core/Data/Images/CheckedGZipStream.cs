using System.Buffers.Binary;
using System.IO.Compression;

namespace ReparamPS.Data.Images;

/// <summary>
/// A gzip stream whose end is checked, since the runtime's own reader takes a truncated file for a complete one. It reads files of one member, which is what all common tools write, and refuses
/// files that unpack to far more than data sets do.
/// </summary>
internal sealed class CheckedGZipStream(FileStream file, string path) : Stream
{
    private const long FreeBytes = 1 << 26, MaxRatio = 100;

    private readonly long packed = file.Length;
    private readonly GZipStream inner = new(file, CompressionMode.Decompress);
    private long count;
    private bool checkedEnd;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => count; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int length) => Read(buffer.AsSpan(offset, length));

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(path, $"the gzip data is damaged or truncated after {count} unpacked bytes.", error);
        }
        count += read;
        if (count > FreeBytes && count > MaxRatio * packed)
            throw new DataFormatException(path, $"the gzip data unpacks to more than {MaxRatio} times its {packed} bytes, which images do not. Unpack the file first if it is what you want to read.");
        if (read == 0 && buffer.Length > 0 && !checkedEnd) CheckEnd();
        return read;
    }

    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    // The last four bytes of a gzip file are the unpacked size modulo 2^32.
    private void CheckEnd()
    {
        checkedEnd = true;
        using var tail = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] size = new byte[4];
        tail.Seek(-Math.Min(tail.Length, size.Length), SeekOrigin.End);
        tail.ReadAtLeast(size, size.Length, throwOnEndOfStream: false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(size) != unchecked((uint)count))
            throw new DataFormatException(path, $"the gzip data is truncated: it ends after {count} unpacked bytes without its closing record.");
    }
}
