using System.Buffers.Binary;
using System.IO.Compression;

namespace ReparamPS.Data.Images;

/// <summary>
/// A gzip stream whose end is checked, since the runtime's own reader takes a truncated file for a complete one. It reads files of one member, which is what all common tools write.
/// </summary>
internal sealed class CheckedGZipStream(FileStream file, string path) : UnpackingStream(new GZipStream(file, CompressionMode.Decompress), file.Length, path)
{
    private bool checkedEnd;

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = base.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(FilePath, $"the gzip data is damaged or truncated after {Count} unpacked bytes.", error);
        }
        if (read == 0 && buffer.Length > 0 && !checkedEnd) CheckEnd();
        return read;
    }

    // The last four bytes of a gzip file are the unpacked size modulo 2^32.
    private void CheckEnd()
    {
        checkedEnd = true;
        using var tail = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.Read);
        byte[] size = new byte[4];
        tail.Seek(-Math.Min(tail.Length, size.Length), SeekOrigin.End);
        tail.ReadAtLeast(size, size.Length, throwOnEndOfStream: false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(size) != unchecked((uint)Count))
            throw new DataFormatException(FilePath, $"the gzip data is truncated: it ends after {Count} unpacked bytes without its closing record.");
    }
}
