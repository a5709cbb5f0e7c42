using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReparamPS.Messages;

namespace ReparamPS.Data.Images;

/// <summary>An array of a .npy file. Source: NEP 1, the .npy format.</summary>
/// <param name="Type">NumPy's type, such as <c>&lt;f4</c>.</param>
/// <param name="Shape">The sizes of the dimensions.</param>
/// <param name="Data">The values in C order.</param>
internal sealed partial record NpyFile(string Type, long[] Shape, byte[] Data)
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether the values are bytes.</summary>
    public bool IsBytes => Type[1..] == "u1";

    /// <summary>Whether the values are whole numbers.</summary>
    public bool IsWhole => Type[1] is 'i' or 'u';

    private int Size => SizeOf(Type);

    /// <summary>The shape as NumPy shows it.</summary>
    public string ShapeText => Text(Shape);

    /// <summary>Whether a file starts like a .npy file.</summary>
    public static bool Matches(ReadOnlySpan<byte> head) => head.StartsWith(Magic);

    /// <summary>Reads an array.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="stream">Its bytes.</param>
    /// <exception cref="DataFormatException">The bytes are not those of an array of numbers, or of fewer or more than its shape says.</exception>
    public static NpyFile Read(string path, Stream stream)
    {
        (string type, bool isFortran, long[] shape) = ReadHeader(path, stream);
        long expected;
        try
        {
            expected = shape.Aggregate((long)SizeOf(type), (product, length) => checked(product * length));
        }
        catch (OverflowException)
        {
            expected = long.MaxValue;
        }
        if (expected > Array.MaxLength)
        {
            string needed = expected == long.MaxValue ? "more than 9E18" : $"{expected}", smaller = SizeOf(type) == 1 ? "." : ", or a dtype of fewer bytes.";
            throw new DataFormatException(path, $"the array of shape {Text(shape)} needs {needed} bytes; at most {Array.MaxLength} can be read. Save fewer or smaller images{smaller}");
        }
        byte[] data = ReadData(path, stream, (int)expected);
        return new NpyFile(type, shape, isFortran ? ToRowOrder(data, shape, SizeOf(type)) : data);
    }

    /// <summary>The shape that a header tells; null if it is of no array of numbers.</summary>
    public static long[]? ReadShape(string path, Stream stream)
    {
        try
        {
            return ReadHeader(path, stream).Shape;
        }
        catch (DataFormatException)
        {
            return null;
        }
    }

    /// <summary>The values as numbers.</summary>
    public float[] ToNumbers()
    {
        float[] numbers = new float[Data.Length / Size];
        Span<byte> value = stackalloc byte[8];
        for (int i = 0; i < numbers.Length; i++)
        {
            Data.AsSpan(i * Size, Size).CopyTo(value);
            if (Type[0] == '>') value[..Size].Reverse();
            numbers[i] = Type[1..] switch
            {
                "b1" => value[0] == 0 ? 0 : 1,
                "f2" => (float)BinaryPrimitives.ReadHalfLittleEndian(value),
                "f4" => BinaryPrimitives.ReadSingleLittleEndian(value),
                "f8" => (float)BinaryPrimitives.ReadDoubleLittleEndian(value),
                "i1" => (sbyte)value[0],
                "u1" => value[0],
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

    private static (string Type, bool IsFortran, long[] Shape) ReadHeader(string path, Stream stream)
    {
        byte[] start = new byte[8];
        if (stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8) throw new DataFormatException(path, "the .npy file is truncated within its header. Use an intact copy.");
        // Only an entry of an archive gets here: another file is not read as NumPy.
        if (!Matches(start)) throw new DataFormatException(path, $"not a NumPy file: it starts with the bytes {Convert.ToHexString(start.AsSpan(0, 4))}; NumPy files start with 934E554D. Write the archive with numpy.savez.");
        byte[] length = new byte[start[6] == 1 ? 2 : 4];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length) throw new DataFormatException(path, "the .npy file is truncated within its header. Use an intact copy.");
        long headerLength = length.Length == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (headerLength > 1 << 20) throw new DataFormatException(path, $"the .npy header must have at most {1 << 20} bytes; it states {headerLength}, so the file is probably damaged. Use an intact copy.");
        byte[] text = new byte[headerLength];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw new DataFormatException(path, "the .npy file is truncated within its header. Use an intact copy.");
        Match header = HeaderPattern().Match(Encoding.Latin1.GetString(text));
        if (!header.Success) throw new DataFormatException(path, $"its .npy header must have one type as 'descr', then 'fortran_order' and 'shape'; got {ShortText.Quoted(Encoding.Latin1.GetString(text).Trim())}. Save a plain array of numbers, without named fields.");
        string type = header.Groups["type"].Value;
        if (!TypePattern().IsMatch(type)) throw new DataFormatException(path, $"the dtype of the array must be a Boolean, a float of 2, 4 or 8 bytes, or an integer of 1, 2, 4 or 8 bytes; got {ShortText.Quoted(type)}. Convert the array in Python, such as with array.astype('float32').");
        long[] shape = [.. header.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(size => long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw new DataFormatException(path, $"its shape must hold whole numbers; got {ShortText.Quoted(size)}."))];
        return (type, header.Groups["order"].Value == "True", shape);
    }

    private static byte[] ReadData(string path, Stream stream, int expected)
    {
        using var data = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            data.Write(buffer, 0, read);
            if (data.Length > expected) throw new DataFormatException(path, $"the .npy file is too long: its shape requires {expected} bytes of values, but the file holds more. Use an intact copy.");
        }
        if (data.Length < expected) throw new DataFormatException(path, $"the .npy file is truncated: its shape requires {expected} bytes of values, but the file holds {data.Length}. Use an intact copy.");
        return data.ToArray();
    }

    // In Fortran order, the first index changes fastest.
    private static byte[] ToRowOrder(byte[] data, long[] shape, int size)
    {
        byte[] ordered = new byte[data.Length];
        long[] index = new long[shape.Length], steps = new long[shape.Length];
        for (int axis = 0; axis < shape.Length; axis++) steps[axis] = axis == 0 ? size : steps[axis - 1] * shape[axis - 1];
        long from = 0;
        for (int to = 0; to < ordered.Length; to += size)
        {
            data.AsSpan((int)from, size).CopyTo(ordered.AsSpan(to));
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++index[axis] < shape[axis]) break;
                from -= steps[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return ordered;
    }

    private static int SizeOf(string type) => type[^1] - '0';

    private static string Text(long[] shape) => $"({string.Join(", ", shape)})";

    [GeneratedRegex(@"'descr':\s*'(?<type>[^']+)'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[^)]*)\)", RegexOptions.Singleline)]
    private static partial Regex HeaderPattern();

    [GeneratedRegex("^([<>]f[248]|[<>|][iu][1248]|[|]b1)$")]
    private static partial Regex TypePattern();
}
