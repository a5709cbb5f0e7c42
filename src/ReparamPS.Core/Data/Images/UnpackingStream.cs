namespace ReparamPS.Data.Images;

/// <summary>Unpacked data, refused if it is far more than data sets unpack to: a small file must not fill the memory.</summary>
/// <param name="inner">The unpacked data; disposed with this stream.</param>
/// <param name="packed">The number of packed bytes.</param>
/// <param name="path">The file, for errors.</param>
internal class UnpackingStream(Stream inner, long packed, string path) : ForwardStream
{
    private const long FreeBytes = 1 << 26, MaxRatio = 100;

    /// <summary>The file.</summary>
    protected string FilePath => path;

    /// <summary>The number of bytes that were read.</summary>
    protected long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        Count += read;
        if (Count > FreeBytes && Count > MaxRatio * packed)
            throw new DataFormatException(path, $"the data unpacks to more than {MaxRatio} times its {packed} bytes, which is not plausible for images. If the file is correct, unpack it first.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
