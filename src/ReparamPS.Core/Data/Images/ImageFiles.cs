using System.Globalization;

namespace ReparamPS.Data.Images;

/// <summary>How an image file is to be read, where the file doesn't tell.</summary>
public sealed record ImageFileOptions
{
    /// <summary>The value that means an intensity of 1; larger ones are then refused. Null: 255 for bytes, else the largest value of the training images where that is above 1, else 1; larger
    /// values of other images count as 1.</summary>
    public double? MaximumValue { get; init; }

    /// <summary>
    /// CSV only, the column of the labels: a name of the header, a number from 1 on, <c>last</c>, or <c>none</c>. Null: a column named label, class, target, digit or y;
    /// without one the last column, where leaving it out makes the images square.
    /// </summary>
    public string? LabelColumn { get; init; }
}

/// <summary>Reads images: IDX (the format of MNIST), CSV and NumPy files, plain or gzipped, and folders of PNG pictures. What a file is, its content tells.</summary>
public static class ImageFiles
{
    /// <summary>Reads a file or a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the file doesn't tell; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">The file is truncated, has another format, or does not hold images; the message says what is wrong and where.</exception>
    public static ImageDataSet Read(string path, ImageFileOptions? options = null)
    {
        options ??= new ImageFileOptions();
        if (options.MaximumValue is { } maximum && !(maximum > 0 && double.IsFinite(maximum)))
            throw new ArgumentException($"MaximumValue must be a positive number; got {maximum.ToString(CultureInfo.InvariantCulture)}.", nameof(options));
        if (Directory.Exists(path)) return ImageFolder.Read(path, options);
        if (!File.Exists(path)) throw new FileNotFoundException($"The data file '{path}' does not exist.", path);
        byte[] head = Head(path);
        if (head.Length == 0) throw new DataFormatException(path, "the file is empty.");
        if (ImageNpy.Matches(head)) return ImageNpy.Read(path, options);
        if (IdxFile.Matches(head) || IdxFile.IsNamedSo(path)) return IdxFile.ReadImages(path, options);
        if (head.AsSpan(0, Math.Min(4, head.Length)).IndexOf((byte)0) >= 0)
            throw new DataFormatException(path, $"neither IDX nor NumPy nor CSV: it starts with the bytes {Convert.ToHexString(head.AsSpan(0, Math.Min(4, head.Length)))}.");
        return ImageCsv.Read(path, options);
    }

    /// <summary>The file's name without folder and the extensions that say how it is stored.</summary>
    internal static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        foreach (string ending in new[] { ".gz", ".csv", ".idx", ".txt", ".npy" })
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        return name;
    }

    /// <summary>Opens a file for reading, and unpacks it where it is gzipped.</summary>
    internal static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        bool gzipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return gzipped ? new CheckedGZipStream(file, path) : file;
    }

    /// <summary>The side of the square with this number of pixels; null if they do not make a square.</summary>
    internal static int? SquareSide(int pixels)
    {
        int side = (int)Math.Round(Math.Sqrt(pixels));
        return side * side == pixels ? side : null;
    }

    /// <summary>Images of numbers, after a check that these make intensities.</summary>
    internal static ImageDataSet OfNumbers(string path, float[] values, ImageFileOptions options, int height, int width, int[]? labels = null) =>
        new(NameOf(path), values, ScaleOf(path, values, options), height, width, labels) { IsScaledByValues = options.MaximumValue is null };

    /// <summary>What means 1 where only the values tell.</summary>
    internal static float ScaleOf(float largest) => largest > 1 ? largest : 1;

    private static float ScaleOf(string path, ReadOnlySpan<float> values, ImageFileOptions options)
    {
        float largest = 0;
        foreach (float value in values)
        {
            if (value < 0) throw new DataFormatException(path, $"intensities must be at least 0; got {value.ToString(CultureInfo.InvariantCulture)}.");
            largest = Math.Max(largest, value);
        }
        float scale = (float)(options.MaximumValue ?? ScaleOf(largest));
        if (largest > scale)
        {
            throw new DataFormatException(path,
                $"the largest value is {largest.ToString(CultureInfo.InvariantCulture)}, but MaximumValue says that {scale.ToString(CultureInfo.InvariantCulture)} means an intensity of 1.");
        }
        return scale;
    }

    private static byte[] Head(string path)
    {
        byte[] head = new byte[8];
        using Stream stream = Open(path);
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }
}
