using System.Buffers.Binary;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>
/// The IDX format of MNIST and its family: two zero bytes, a type, the number of dimensions, their sizes as big-endian 32-bit integers, the values.
/// Source: http://yann.lecun.com/exdb/mnist/.
/// </summary>
internal static class IdxFile
{
    private const byte UnsignedByte = 0x08;

    // The largest compression ratio of deflate.
    private const long LargestRatio = 1032;

    /// <summary>Whether a file starts like an IDX file.</summary>
    public static bool Matches(ReadOnlySpan<byte> head) => head is [0, 0, var type, >= 1 and <= 8, ..] && SizeOf(type) > 0;

    /// <summary>Whether a file's name is that of an IDX file, so that damage to its first bytes is reported as such.</summary>
    public static bool IsNamedSo(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        if (name.EndsWith(".gz", StringComparison.Ordinal)) name = name[..^3];
        return name.EndsWith("ubyte", StringComparison.Ordinal) || name.EndsWith(".idx", StringComparison.Ordinal)
            || name.Contains("idx3", StringComparison.Ordinal) || name.Contains("idx1", StringComparison.Ordinal);
    }

    /// <summary>Reads images, and the labels in the same folder, if MNIST's naming leads to any.</summary>
    public static ImageDataSet ReadImages(string path, ImageFileOptions options)
    {
        (byte type, int[] sizes, byte[] data) = ReadAll(path);
        if (sizes.Length == 1) throw new DataFormatException(path, "an IDX file of one dimension holds labels, not images. Give the file of the images; the labels are found beside it.");
        if (sizes.Any(size => size == 0)) throw new DataFormatException(path, $"the IDX file holds no images: its sizes are {string.Join(" × ", sizes)}.");
        long[] shape = Array.ConvertAll(sizes, size => (long)size);
        if (!ImageNpy.IsImages(shape)) throw new DataFormatException(path, $"an IDX file of images must have the sizes images × pixels or images × rows × columns; got {string.Join(" × ", sizes)}.");
        (int height, int width) = ImageFiles.SizeOf(shape);
        int[]? labels = ReadLabelsBeside(path, sizes[0]);
        return type == UnsignedByte
            ? ImageFiles.OfBytes(path, ImageFiles.NameOf(path), data, options, height, width, labels)
            : ImageFiles.OfNumbers(path, ToNumbers(type, data), options, height, width, labels);
    }

    private static (byte Type, int[] Sizes, byte[] Data) ReadAll(string path)
    {
        using Stream stream = ImageFiles.Open(path);
        byte[] magic = new byte[4];
        if (stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4) throw new DataFormatException(path, "the IDX file is truncated: it ends within its first four bytes. Use an intact copy.");
        if (!Matches(magic)) throw new DataFormatException(path, $"not an IDX file: it starts with the bytes {Convert.ToHexString(magic)}; IDX files start with 0000, such as 00000803 (images) or 00000801 (labels).");
        int[] sizes = new int[magic[3]];
        byte[] size = new byte[4];
        long values = 1;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (stream.ReadAtLeast(size, 4, throwOnEndOfStream: false) < 4) throw new DataFormatException(path, $"the IDX file is truncated: it ends before the size of dimension {i + 1} of {sizes.Length}. Use an intact copy.");
            sizes[i] = BinaryPrimitives.ReadInt32BigEndian(size);
            if (sizes[i] < 0) throw new DataFormatException(path, $"the IDX file's sizes are impossible: dimension {i + 1} is {(uint)sizes[i]}. Use an intact copy.");
            if (sizes[i] > 0 && values > int.MaxValue / sizes[i]) throw new DataFormatException(path, TooLarge($"{values} × {sizes[i]} values", int.MaxValue));
            values *= sizes[i];
        }
        long expected = values * SizeOf(magic[2]);
        // Checked before the memory is allocated.
        if (expected > Array.MaxLength) throw new DataFormatException(path, TooLarge($"{expected} bytes of values", Array.MaxLength));
        if (expected > LargestRatio * new FileInfo(path).Length)
            throw new DataFormatException(path, $"the IDX file's sizes are impossible: {string.Join(" × ", sizes)} require {expected} bytes of values, but the file is too short for that. It is truncated or damaged. Use an intact copy.");
        byte[] data = new byte[expected];
        int read = stream.ReadAtLeast(data, data.Length, throwOnEndOfStream: false);
        if (read < expected) throw new DataFormatException(path, $"the IDX file is truncated: its sizes {string.Join(" × ", sizes)} require {expected} bytes of values, but the file holds {read}. Use an intact copy.");
        if (stream.ReadByte() >= 0) throw new DataFormatException(path, $"the IDX file is longer than its sizes {string.Join(" × ", sizes)} say. Use an intact copy.");
        return (magic[2], sizes, data);
    }

    private static string TooLarge(string required, int limit) => $"the IDX file is too large or damaged: its sizes require {required}; at most {limit} can be read. Use a file with fewer images.";

    private static int[]? ReadLabelsBeside(string path, int count)
    {
        string name = Path.GetFileName(path);
        string labelName = name.Replace("images", "labels", StringComparison.OrdinalIgnoreCase).Replace("idx3", "idx1", StringComparison.OrdinalIgnoreCase);
        if (labelName == name) return null;
        string plain = labelName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? labelName[..^3] : labelName;
        string folder = Path.GetDirectoryName(path) ?? "";
        string? labels = new[] { labelName, plain, plain + ".gz" }.Select(candidate => Path.Combine(folder, candidate)).FirstOrDefault(File.Exists);
        if (labels is null) return null;
        (byte type, int[] sizes, byte[] data) = ReadAll(labels);
        if (sizes.Length != 1) throw new DataFormatException(labels, $"an IDX file of labels must have one dimension; got {sizes.Length}.");
        if (sizes[0] != count) throw new DataFormatException(labels, $"it has {sizes[0]} labels for the {count} images of '{ShortText.Of(name)}'; the numbers must be equal.");
        return type == UnsignedByte ? Array.ConvertAll(data, value => (int)value) : Array.ConvertAll(ToNumbers(type, data), value => (int)value);
    }

    private static float[] ToNumbers(byte type, byte[] data)
    {
        int size = SizeOf(type);
        float[] numbers = new float[data.Length / size];
        for (int i = 0; i < numbers.Length; i++)
        {
            ReadOnlySpan<byte> at = data.AsSpan(i * size, size);
            numbers[i] = type switch
            {
                UnsignedByte => at[0],
                0x09 => (sbyte)at[0],
                0x0B => BinaryPrimitives.ReadInt16BigEndian(at),
                0x0C => BinaryPrimitives.ReadInt32BigEndian(at),
                0x0D => BinaryPrimitives.ReadSingleBigEndian(at),
                _ => (float)BinaryPrimitives.ReadDoubleBigEndian(at),
            };
        }
        return numbers;
    }

    private static int SizeOf(byte type) => type switch { 0x08 or 0x09 => 1, 0x0B => 2, 0x0C or 0x0D => 4, 0x0E => 8, _ => 0 };
}
