using System.Globalization;
using ReparamPS.Native;
using SkiaSharp;

namespace ReparamPS.Data;

/// <summary>
/// A folder of PNG pictures of one size, grey by their luminance. Pictures in subfolders are labelled by these: by their names where all are whole numbers, else by
/// their order.
/// </summary>
internal static class ImageFolder
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = default, IgnoreInaccessible = false };

    /// <summary>Reads all pictures, in the order of their paths.</summary>
    public static ImageDataSet Read(string folder, ImageFileOptions options)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.png", Everywhere).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new DataFormatException(folder, "the folder holds no PNG pictures.");
        NativeLibraries.LoadCharts();
        int height = 0, width = 0;
        byte[] pixels = [];
        for (int i = 0; i < files.Length; i++)
        {
            using SKBitmap picture = Decode(files[i]);
            if (i == 0)
            {
                (height, width) = (picture.Height, picture.Width);
                pixels = new byte[checked(files.Length * height * width)];
            }
            if (picture.Height != height || picture.Width != width)
                throw new DataFormatException(files[i], $"the picture is {picture.Height}×{picture.Width}, and the first is {height}×{width}.");
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++) pixels[(i * height + y) * width + x] = Luminance(picture.GetPixel(x, y));
        }
        float scale = (float)(options.MaximumValue ?? byte.MaxValue);
        byte largest = pixels.Max();
        if (largest > scale) throw new DataFormatException(folder, $"the largest value is {largest}, but MaximumValue says that {scale} means an intensity of 1.");
        return new ImageDataSet(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), pixels, scale, height, width, Labels(folder, files));
    }

    private static SKBitmap Decode(string file)
    {
        using SKCodec codec = SKCodec.Create(file) ?? throw new DataFormatException(file, "no picture that can be read: damaged, truncated or no PNG.");
        if (codec.EncodedFormat != SKEncodedImageFormat.Png) throw new DataFormatException(file, $"no PNG picture, whatever its name says, but {codec.EncodedFormat.ToString().ToUpperInvariant()}.");
        var picture = new SKBitmap(codec.Info.WithAlphaType(codec.Info.IsOpaque ? codec.Info.AlphaType : SKAlphaType.Premul).WithColorSpace(null));
        // A truncated picture would decode in part.
        if (codec.GetPixels(picture.Info, picture.GetPixels()) is var result && result == SKCodecResult.Success) return picture;
        picture.Dispose();
        throw new DataFormatException(file, $"the picture is damaged or truncated ({result}).");
    }

    // ITU-R BT.601.
    private static byte Luminance(SKColor color) => (byte)Math.Round(0.299 * color.Red + 0.587 * color.Green + 0.114 * color.Blue);

    private static int[]? Labels(string folder, string[] files)
    {
        string[] names = Array.ConvertAll(files, file => Path.GetRelativePath(folder, Path.GetDirectoryName(file)!));
        string[] classes = [.. names.Distinct().Order(StringComparer.Ordinal)];
        if (classes.Contains(".")) return null;
        int?[] numbers = Array.ConvertAll(classes, name => int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : (int?)null);
        return Array.ConvertAll(names, name => Array.TrueForAll(numbers, number => number is not null) ? numbers[Array.IndexOf(classes, name)]!.Value : Array.IndexOf(classes, name));
    }
}
