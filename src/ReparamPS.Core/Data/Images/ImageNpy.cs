using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReparamPS.Data.Images;

/// <summary>Images as a NumPy array of shape [images, pixels], [images, rows, columns] or [images, rows, columns, 1]. Source: NEP 1, the .npy format.</summary>
internal static partial class ImageNpy
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether a file starts like a .npy file.</summary>
    public static bool Matches(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    /// <summary>Reads a file, plain or gzipped.</summary>
    public static ImageDataSet Read(string path, ImageFileOptions options)
    {
        using Stream stream = ImageFiles.Open(path);
        (string type, long[] shape) = ReadHeader(path, stream);
        if (shape is not ([_, _] or [_, _, _] or [_, _, _, 1]) || shape.Any(size => size < 1))
            throw new DataFormatException(path, $"an array of images must have the shape (images, pixels) or (images, rows, columns); got ({string.Join(", ", shape)}).");
        int size = type[^1] - '0';
        long expected;
        try
        {
            expected = shape.Aggregate((long)size, (product, length) => checked(product * length));
        }
        catch (OverflowException)
        {
            expected = long.MaxValue;
        }
        if (expected > Array.MaxLength) throw new DataFormatException(path, $"the array's shape ({string.Join(", ", shape)}) is too large.");
        byte[] data = ReadData(path, stream, (int)expected);
        (int height, int width) = shape.Length >= 3 ? ((int)shape[1], (int)shape[2])
            : ImageFiles.SquareSide((int)shape[1]) is { } side ? (side, side) : (1, (int)shape[1]);
        string name = ImageFiles.NameOf(path);
        if (type[1..] == "u1")
        {
            float scale = (float)(options.MaximumValue ?? byte.MaxValue);
            byte largest = data.Max();
            if (largest > scale) throw new DataFormatException(path, $"the largest value is {largest}, but MaximumValue says that {scale} means an intensity of 1.");
            return new ImageDataSet(name, data, scale, height, width);
        }
        float[] numbers = ToNumbers(type, size, data);
        if (Array.FindIndex(numbers, number => !float.IsFinite(number)) is >= 0 and var bad) throw new DataFormatException(path, $"value {bad} of the array is not a finite number.");
        return ImageFiles.OfNumbers(path, numbers, options, height, width);
    }

    private static (string Type, long[] Shape) ReadHeader(string path, Stream stream)
    {
        byte[] start = new byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8) throw new DataFormatException(path, "the .npy file is truncated within its header.");
        byte[] length = new byte[start[6] == 1 ? 2 : 4];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length) throw new DataFormatException(path, "the .npy file is truncated within its header.");
        long headerLength = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerLength > 1 << 20) throw new DataFormatException(path, $"the .npy header would have {headerLength} bytes.");
        byte[] text = new byte[headerLength];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw new DataFormatException(path, "the .npy file is truncated within its header.");
        Match header = HeaderPattern().Match(Encoding.Latin1.GetString(text));
        if (!header.Success) throw new DataFormatException(path, $"its .npy header cannot be read: {Encoding.Latin1.GetString(text).Trim()}");
        string type = header.Groups["type"].Value;
        if (!TypePattern().IsMatch(type)) throw new DataFormatException(path, $"the type must be a float of 4 or 8 bytes or an integer of 1 to 8 bytes; got '{type}'.");
        if (header.Groups["order"].Value == "True") throw new DataFormatException(path, "the array is in Fortran order; save it in C order.");
        long[] shape = [.. header.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new DataFormatException(path, $"its shape has '{size}'."))];
        return (type, shape);
    }

    private static byte[] ReadData(string path, Stream stream, int expected)
    {
        using var data = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            data.Write(buffer, 0, read);
            if (data.Length > expected) throw new DataFormatException(path, $"the .npy file is longer than its shape says, {expected} bytes of values.");
        }
        if (data.Length < expected) throw new DataFormatException(path, $"the .npy file is truncated: its shape asks for {expected} bytes of values, but it holds {data.Length}.");
        return data.ToArray();
    }

    private static float[] ToNumbers(string type, int size, byte[] data)
    {
        float[] numbers = new float[data.Length / size];
        Span<byte> value = stackalloc byte[8];
        for (int i = 0; i < numbers.Length; i++)
        {
            data.AsSpan(i * size, size).CopyTo(value);
            if (type[0] == '>') value[..size].Reverse();
            numbers[i] = type[1..] switch
            {
                "f4" => BinaryPrimitives.ReadSingleLittleEndian(value),
                "f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
                "i1" => (sbyte)value[0],
                "u2" => BinaryPrimitives.ReadUInt16LittleEndian(value),
                "i2" => BinaryPrimitives.ReadInt16LittleEndian(value),
                "u4" => BinaryPrimitives.ReadUInt32LittleEndian(value),
                "i4" => BinaryPrimitives.ReadInt32LittleEndian(value),
                "u8" => BinaryPrimitives.ReadUInt64LittleEndian(value),
                _ => BinaryPrimitives.ReadInt64LittleEndian(value),
            };
        }
        return numbers;
    }

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[^)]*)\)", RegexOptions.Singleline)]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^([<>]f[48]|[<>|][iu][1248])$")]
    private static partial Regex TypePattern();
}
