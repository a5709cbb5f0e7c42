using System.Runtime.InteropServices;
using ReparamPS.Data;
using ReparamPS.Data.Images;
using ReparamPS.Libraries;
using SkiaSharp;

namespace ReparamPS.Images;

/// <summary>PNG pictures through Skia.</summary>
public sealed class SkiaImageCodec : IImageCodec
{
    // Far above any picture to train with, and 256 MB when it is unpacked.
    private const long MaxPixels = 1 << 26;

    // libpng refuses more, with a warning of its own.
    private const int MaxSide = 1_000_000;

    /// <inheritdoc/>
    public GreyImage ReadPng(string path)
    {
        FileLibraries.LoadSkia();
        // A named pipe has no length either, and opening it would wait for its writer.
        RegularFile.Check(path);
        using SKBitmap picture = Decode(path);
        (int height, int width) = (picture.Height, picture.Width);
        byte[] pixels = new byte[height * width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) pixels[y * width + x] = Luminance(picture.GetPixel(x, y));
        return new GreyImage(pixels, height, width);
    }

    /// <inheritdoc/>
    public void WritePng(Stream stream, GreyImage image)
    {
        if (Math.Max(image.Width, image.Height) > MaxSide)
            throw new IOException($"The image is too large for a PNG file: {image.Width} × {image.Height} pixels. Each side may have at most {MaxSide} pixels. Use fewer images, or a smaller Scale or Gap.");
        FileLibraries.LoadSkia();
        GCHandle pixels = GCHandle.Alloc(image.Pixels, GCHandleType.Pinned);
        try
        {
            using var map = new SKPixmap(new SKImageInfo(image.Width, image.Height, SKColorType.Gray8, SKAlphaType.Opaque), pixels.AddrOfPinnedObject(), image.Width);
            using SKData data = map.Encode(SKEncodedImageFormat.Png, 100) ?? throw new IOException($"An image of {image.Width} × {image.Height} pixels cannot be encoded as PNG. Use a smaller image.");
            data.SaveTo(stream);
        }
        finally
        {
            pixels.Free();
        }
    }

    private static SKBitmap Decode(string path)
    {
        using SKCodec codec = SKCodec.Create(path) ?? throw new DataFormatException(path, "the image cannot be read: it is damaged, truncated or not a PNG. Use an intact copy.");
        if (codec.EncodedFormat != SKEncodedImageFormat.Png) throw new DataFormatException(path, $"the image is in the format {codec.EncodedFormat.ToString().ToUpperInvariant()}. Convert it to PNG.");
        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels) throw new DataFormatException(path, $"the image has {codec.Info.Width} × {codec.Info.Height} pixels; at most {MaxPixels} pixels are allowed.");
        var picture = new SKBitmap(codec.Info.WithAlphaType(codec.Info.IsOpaque ? codec.Info.AlphaType : SKAlphaType.Premul).WithColorSpace(null));
        // A truncated picture would decode in part.
        if (codec.GetPixels(picture.Info, picture.GetPixels()) == SKCodecResult.Success) return picture;
        picture.Dispose();
        throw new DataFormatException(path, "the image is damaged or truncated. Use an intact copy.");
    }

    // ITU-R BT.601.
    private static byte Luminance(SKColor color) => (byte)Math.Round(0.299 * color.Red + 0.587 * color.Green + 0.114 * color.Blue);
}
