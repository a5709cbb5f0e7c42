using System.Globalization;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>
/// A folder of PNG pictures of one size, grey by their luminance. Pictures in subfolders are labelled by these: by their names if all are whole numbers, otherwise by
/// their order.
/// </summary>
internal static class ImageFolder
{
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = default, IgnoreInaccessible = false };

    /// <summary>Reads all pictures, in the order of their paths.</summary>
    public static ImageDataSet Read(string folder, ImageFileOptions options)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.png", Everywhere).Order(StringComparer.Ordinal)];
        if (files.Length == 0) throw new DataFormatException(folder, "the folder holds neither PNG images nor IDX files named like those of MNIST (train-images-idx3-ubyte, train-labels-idx1-ubyte).");
        GreyImage first = PngFile.Read(files[0]);
        (int height, int width) = (first.Height, first.Width);
        if ((long)files.Length * height * width > Array.MaxLength) throw new DataFormatException(folder, $"{files.Length} images of {height}×{width} are too many for one data set, which has at most {Array.MaxLength} pixels. Use fewer or smaller images.");
        byte[] pixels = new byte[files.Length * height * width];
        for (int i = 0; i < files.Length; i++)
        {
            GreyImage picture = i == 0 ? first : PngFile.Read(files[i]);
            if (picture.Height != height || picture.Width != width) throw new DataFormatException(files[i], $"the image is {picture.Height}×{picture.Width}, but the first one ({ShortText.Quoted(Path.GetRelativePath(folder, files[0]))}) is {height}×{width}. All images must have the same size.");
            picture.Pixels.CopyTo(pixels, i * height * width);
        }
        return ImageFiles.OfBytes(folder, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), pixels, options, height, width, Labels(folder, files));
    }

    private static int[]? Labels(string folder, string[] files)
    {
        string[] names = Array.ConvertAll(files, file => Path.GetRelativePath(folder, Path.GetDirectoryName(file)!));
        string[] classes = [.. names.Distinct().Order(StringComparer.Ordinal)];
        if (classes.Contains(".")) return null;
        int?[] numbers = Array.ConvertAll(classes, name => int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : (int?)null);
        return Array.ConvertAll(names, name => Array.TrueForAll(numbers, number => number is not null) ? numbers[Array.IndexOf(classes, name)]!.Value : Array.IndexOf(classes, name));
    }
}
