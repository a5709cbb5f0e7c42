using ReparamPS.Native;

namespace ReparamPS.Data.Images;

/// <summary>Grey pictures in PNG files.</summary>
public static class PngFile
{
    /// <inheritdoc cref="IImageCodec.ReadPng"/>
    public static GreyImage Read(string path) => FilesAssembly.Get<IImageCodec>().ReadPng(path);

    /// <summary>A picture as the bytes of a PNG file.</summary>
    public static byte[] Encode(GreyImage image)
    {
        using var stream = new MemoryStream();
        FilesAssembly.Get<IImageCodec>().WritePng(stream, image);
        return stream.ToArray();
    }

    /// <summary>Writes a picture; the file appears complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">The picture.</param>
    /// <param name="existing">What happens to an existing file.</param>
    public static void Write(string path, GreyImage image, ExistingFile existing = ExistingFile.Replace)
    {
        using var file = new AtomicFile(path, existing);
        FilesAssembly.Get<IImageCodec>().WritePng(file.Stream, image);
        file.Commit();
    }
}
