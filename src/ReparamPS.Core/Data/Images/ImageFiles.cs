using System.Globalization;
using System.Numerics.Tensors;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>How to read an image file, as far as the file does not tell.</summary>
public sealed record ImageFileOptions
{
    /// <summary>The value that means an intensity of 1; larger values are refused. Null: 255 for bytes; for numbers, the largest value of the training images if it is above 1, otherwise 1. Larger
    /// values of images that are held out from the same file count as 1.</summary>
    public double? MaximumValue { get; init; }

    /// <summary>
    /// The column of the labels in a CSV file: a name of the header, a number from 1, <c>last</c> or <c>none</c>. Null: a column named label, class, target, digit or y;
    /// otherwise the last column if the others make a square image.
    /// </summary>
    public string? LabelColumn { get; init; }

    /// <summary>The pixels of an image, if other images tell: a CSV file with as many columns has no labels, unless its header names their column. Null if that is not known.</summary>
    internal int? PixelCount { get; init; }
}

/// <summary>Reads images: IDX (the format of MNIST), CSV and NumPy files (.npy), plain or gzipped, archives of NumPy arrays (.npz), folders of PNG pictures, and the training images of a folder with the files of the MNIST family. The format is detected from the content.</summary>
public static class ImageFiles
{
    private const string Allowed = "Allowed: an IDX, CSV or NumPy file (.npy, .npz), or a folder of PNG or IDX files.";

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>Reads a file or a folder.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the file does not tell; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="DataFormatException">The file is truncated, of another format, or holds something other than images; the message says what and where.</exception>
    public static ImageDataSet Read(string path, ImageFileOptions? options = null)
    {
        options ??= new ImageFileOptions();
        CheckMaximum(options);
        if (Directory.Exists(path)) return IdxFolder.TrainOf(path) is { } train ? IdxFile.ReadImages(train, options) : ImageFolder.Read(path, options);
        if (ImageNpz.Split(path) is ({ } archive, { } array)) return ImageNpz.Read(archive, array, options);
        if (!File.Exists(path)) throw new FileNotFoundException($"The data file '{ShortText.Of(ImageNpz.MissingOf(path))}' does not exist.{RegularFile.WildcardAdvice(path)}", path);
        RegularFile.Check(path);
        byte[] head = Head(path);
        if (head.Length == 0) throw new DataFormatException(path, "the file is empty.");
        if (ImageNpz.Split(path) is not null) return ImageNpz.Read(path, null, options);
        if (NpyFile.Matches(head)) return ImageNpy.Read(path, options);
        if (IdxFile.Matches(head) || IdxFile.IsNamedSo(path)) return IdxFile.ReadImages(path, options);
        string bytes = Convert.ToHexString(head.AsSpan(0, Math.Min(4, head.Length)));
        if (head.AsSpan().StartsWith(PngSignature)) throw new DataFormatException(path, "the file is a single PNG image. Give the folder that holds the images.");
        if (ZipMark.Matches(head)) throw new DataFormatException(path, $"not an image file: {ZipMark.Said}. {Allowed}");
        if (EndsWith(path, ".npy")) throw new DataFormatException(path, $"not a NumPy file: it starts with the bytes {bytes}; NumPy files start with 934E554D. Save the array with numpy.save. If the file is CSV, change its name to end in .csv.");
        if (head.AsSpan().IndexOf((byte)0) >= 0) throw new DataFormatException(path, $"not an IDX, NumPy or CSV file: it starts with the bytes {bytes}. {Allowed}");
        try
        {
            return ImageCsv.Read(path, options);
        }
        // An unpacked file may keep its name, if it can be read.
        catch (DataFormatException error) when (EndsWith(path, ".gz") && !IsGzipped(path))
        {
            throw new DataFormatException(path, $"not a gzip file, although its name ends in .gz: it starts with the bytes {bytes}. It cannot be read as CSV either. Download or create the file again. {Allowed}", error);
        }
        // Any other file, such as notes, has the faults of a CSV file, which say little about it.
        catch (DataFormatException error) when (!EndsWith(path, ".csv") && !EndsWith(path, ".csv.gz"))
        {
            throw error.With("It was read as CSV, because it has no other known format. " + Allowed);
        }
    }

    /// <summary>The file or folder that holds the images of a path: the archive, if the path names an array in one.</summary>
    internal static string StoreOf(string path) => ImageNpz.Split(path)?.Archive ?? path;

    /// <summary>Whether a file is read as CSV, the only format with a column of labels. A file that does not exist counts as one, so that reading it says so.</summary>
    internal static bool IsCsv(string path)
    {
        if (Directory.Exists(path)) return false;
        if (!File.Exists(StoreOf(path))) return true;
        if (ImageNpz.Split(path) is not null) return false;
        RegularFile.Check(path);
        byte[] head = Head(path);
        return !NpyFile.Matches(head) && !IdxFile.Matches(head) && !IdxFile.IsNamedSo(path);
    }

    /// <summary>The embedded digits, with the maximum value of the options.</summary>
    internal static ImageDataSet Digits(ImageFileOptions options)
    {
        CheckMaximum(options);
        ImageDataSet digits = DigitsDataSet.Images;
        if (options.MaximumValue is not { } maximum) return digits;
        CheckLargest(digits.Name, digits.Largest(), (float)maximum);
        return digits.ScaledTo(maximum);
    }

    /// <summary>The file's name without its folder and the extensions of formats.</summary>
    internal static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        foreach (string ending in new[] { ".gz", ".csv", ".idx", ".txt", ".npy", ".npz" })
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) name = name[..^ending.Length];
        return name;
    }

    /// <summary>Opens a file for reading, and unpacks it if it is gzipped.</summary>
    internal static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        bool gzipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return gzipped ? new CheckedGZipStream(file, path) : file;
    }

    private static bool IsGzipped(string path)
    {
        using Stream file = Open(path);
        return file is CheckedGZipStream;
    }

    private static bool EndsWith(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);

    /// <summary>The side of a square with this number of pixels; null if there is none.</summary>
    internal static int? SquareSide(int pixels)
    {
        int side = (int)Math.Round(Math.Sqrt(pixels));
        return side * side == pixels ? side : null;
    }

    /// <summary>Height and width of the images in an array of one of the shapes [images, pixels], [images, rows, columns] and [images, rows, columns, 1].</summary>
    internal static (int Height, int Width) SizeOf(long[] shape) => shape.Length >= 3 ? ((int)shape[1], (int)shape[2])
        : SquareSide((int)shape[1]) is { } side ? (side, side) : (1, (int)shape[1]);

    /// <summary>Images of bytes, after a check that none is larger than the one that means 1.</summary>
    internal static ImageDataSet OfBytes(string path, string name, byte[] values, ImageFileOptions options, int height, int width, int[]? labels)
    {
        float scale = (float)(options.MaximumValue ?? byte.MaxValue);
        CheckLargest(path, TensorPrimitives.Max<byte>(values), scale);
        return new ImageDataSet(name, values, scale, height, width, labels);
    }

    /// <summary>Images of numbers, after a check that they are intensities.</summary>
    internal static ImageDataSet OfNumbers(string path, float[] values, ImageFileOptions options, int height, int width, int[]? labels = null, string? columnWarning = null) =>
        new(NameOf(path), values, ScaleOf(path, values, height * width, options), height, width, labels) { IsScaledByValues = options.MaximumValue is null, ColumnWarning = columnWarning };

    /// <summary>The value that means 1 if only the values tell.</summary>
    internal static float ScaleOf(float largest) => largest > 1 ? largest : 1;

    private static float ScaleOf(string path, ReadOnlySpan<float> values, int pixels, ImageFileOptions options)
    {
        float largest = 0;
        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (!(float.IsFinite(value) && value >= 0))
                throw new DataFormatException(path, $"pixel values must be finite and at least 0; got {value.ToString(CultureInfo.InvariantCulture)} (pixel {i % pixels + 1} of image {i / pixels + 1}).");
            largest = Math.Max(largest, value);
        }
        float scale = (float)(options.MaximumValue ?? ScaleOf(largest));
        CheckLargest(path, largest, scale);
        return scale;
    }

    private static void CheckMaximum(ImageFileOptions options)
    {
        if (options.MaximumValue is not { } maximum) return;
        if (!(maximum > 0 && double.IsFinite(maximum)))
            throw new ArgumentException($"MaximumValue must be positive and finite; got {maximum.ToString(CultureInfo.InvariantCulture)}.", nameof(options.MaximumValue));
        // Intensities are float32.
        if ((float)maximum is 0 or float.PositiveInfinity)
            throw new ArgumentException($"MaximumValue must be in the range of float32, from 1.5e-45 to 3.4e38; got {maximum.ToString(CultureInfo.InvariantCulture)}.", nameof(options.MaximumValue));
    }

    private static void CheckLargest(string path, float largest, float scale)
    {
        if (largest > scale) throw new DataFormatException(path, FormattableString.Invariant($"values must be at most MaximumValue ({scale}), the pixel value that means intensity 1; got {largest}. Set MaximumValue to at least {largest}."));
    }

    private static byte[] Head(string path)
    {
        byte[] head = new byte[8];
        using Stream stream = Open(path);
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }
}
