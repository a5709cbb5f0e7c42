namespace ReparamPS.Data.Images;

/// <summary>The unpacked data of a gzip file of images.</summary>
internal sealed class CheckedGZipStream(FileStream file, string path) : UnpackingStream(new GZipReader(file, path), file.Length, path)
{
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return base.Read(buffer);
        }
        catch (InvalidDataException error)
        {
            throw new DataFormatException(FilePath, $"the file is damaged after {Count} unpacked bytes: {error.Message} Use an intact copy.", error);
        }
    }
}
