namespace ReparamPS.Data.Images;

/// <summary>Reads and writes pictures.</summary>
public interface IImageCodec
{
    /// <summary>Reads a PNG picture; colors become their luminance.</summary>
    /// <exception cref="DataFormatException">The file is not a whole PNG picture, or is too large.</exception>
    GreyImage ReadPng(string path);

    /// <summary>Writes a PNG picture.</summary>
    void WritePng(Stream stream, GreyImage image);
}

/// <summary>A grey picture.</summary>
/// <param name="Pixels">Grey levels, row by row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public sealed record GreyImage(byte[] Pixels, int Height, int Width);
