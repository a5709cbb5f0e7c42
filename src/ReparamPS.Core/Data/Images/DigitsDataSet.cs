using System.Globalization;
using System.IO.Compression;

namespace ReparamPS.Data.Images;

/// <summary>
/// The default data set: 1,797 handwritten digits of 8×8 pixels with 17 grey levels. E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits,
/// UCI Machine Learning Repository (1998), CC BY 4.0. Embedded, so that it is always available.
/// </summary>
public static class DigitsDataSet
{
    /// <summary>The data set's name in rows.</summary>
    public const string Name = "digits";

    private const int Side = 8;
    private const int WhiteLevel = 16;
    private static readonly Lazy<ImageDataSet> Loaded = new(Load);

    /// <summary>The images with their labels.</summary>
    public static ImageDataSet Images => Loaded.Value;

    private static ImageDataSet Load()
    {
        using Stream packed = typeof(DigitsDataSet).Assembly.GetManifestResourceStream("ReparamPS.Data.optdigits.csv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        List<byte> pixels = [];
        List<int> labels = [];
        while (reader.ReadLine() is { } line)
        {
            byte[] cells = Array.ConvertAll(line.Split(','), cell => byte.Parse(cell, CultureInfo.InvariantCulture));
            pixels.AddRange(cells.AsSpan(0, Side * Side));
            labels.Add(cells[^1]);
        }
        return new ImageDataSet(Name, [.. pixels], WhiteLevel, Side, Side, [.. labels]);
    }
}
