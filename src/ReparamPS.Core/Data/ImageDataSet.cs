using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Data;

/// <summary>Grey images with intensities between 0 and 1, and a label each where there are any. Held as compactly as they came; tensors are made on request.</summary>
public sealed class ImageDataSet
{
    private const int RowsAtOnce = 4096;

    private readonly byte[]? bytes;
    private readonly float[]? numbers;
    private readonly float divisor;
    private string? hash;

    /// <summary>A data set of bytes.</summary>
    /// <param name="name">A short name, for rows and charts.</param>
    /// <param name="bytes">The pixels, image by image, row by row.</param>
    /// <param name="divisor">The byte that means an intensity of 1.</param>
    /// <param name="height">Rows an image.</param>
    /// <param name="width">Columns an image.</param>
    /// <param name="labels">A label an image; null where there are none.</param>
    public ImageDataSet(string name, byte[] bytes, float divisor, int height, int width, int[]? labels = null)
        : this(name, bytes.Length, divisor, height, width, labels) => this.bytes = bytes;

    /// <summary>A data set of numbers.</summary>
    /// <inheritdoc cref="ImageDataSet(string, byte[], float, int, int, int[])"/>
    public ImageDataSet(string name, float[] numbers, float divisor, int height, int width, int[]? labels = null)
        : this(name, numbers.Length, divisor, height, width, labels) => this.numbers = numbers;

    private ImageDataSet(string name, int values, float divisor, int height, int width, int[]? labels)
    {
        if (height < 1 || width < 1 || values % (height * width) != 0)
            throw new ShapeMismatchException($"{values} values are no whole number of {height}×{width} images.", nameof(values));
        (Name, this.divisor, Height, Width, Labels) = (name, divisor, height, width, labels);
        Count = values / PixelCount;
        if (labels is not null && labels.Length != Count) throw new ShapeMismatchException($"{labels.Length} labels came for {Count} images.", nameof(labels));
    }

    /// <summary>A short name.</summary>
    public string Name { get; }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>Rows an image.</summary>
    public int Height { get; }

    /// <summary>Columns an image.</summary>
    public int Width { get; }

    /// <summary>Pixels an image.</summary>
    public int PixelCount => Height * Width;

    /// <summary>A label an image; null where there are none.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>The value that means an intensity of 1.</summary>
    public double MaximumValue => divisor;

    /// <summary>SHA-256 of shape, scale and pixels, in hexadecimal: equal for equal images, wherever they were read from.</summary>
    public string Hash => hash ??= ComputeHash();

    /// <summary>The images as a matrix, one a row, intensities between 0 and 1.</summary>
    public Tensor ToTensor(ScalarType dtype, Device device)
    {
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        Tensor result = empty(Count, PixelCount, dtype: dtype, device: device);
        for (int first = 0; first < Count; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, Count - first), start = first * PixelCount, length = rows * PixelCount;
            using Tensor part = bytes is not null
                ? tensor(bytes.AsSpan(start, length).ToArray(), [rows, PixelCount], ScalarType.Byte)
                : tensor(numbers.AsSpan(start, length).ToArray(), [rows, PixelCount], ScalarType.Float32);
            using Tensor target = result.narrow(0, first, rows);
            target.copy_(part);
        }
        return result.div_((double)divisor).MoveToOuterDisposeScope();
    }

    /// <summary>Some of the images, in the order given.</summary>
    /// <param name="rows">Their positions.</param>
    /// <param name="name">The part's name; null keeps this one.</param>
    public ImageDataSet Take(IReadOnlyList<int> rows, string? name = null)
    {
        int[]? labels = Labels is null ? null : [.. rows.Select(row => Labels[row])];
        return bytes is not null
            ? new(name ?? Name, Gather(bytes, rows), divisor, Height, Width, labels)
            : new(name ?? Name, Gather(numbers!, rows), divisor, Height, Width, labels);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} images of {Height}×{Width}";

    private T[] Gather<T>(T[] from, IReadOnlyList<int> rows)
    {
        T[] result = new T[rows.Count * PixelCount];
        for (int i = 0; i < rows.Count; i++) Array.Copy(from, rows[i] * PixelCount, result, i * PixelCount, PixelCount);
        return result;
    }

    private string ComputeHash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] head = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(head, Count);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), Height);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Width);
        BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(12), divisor);
        sha.AppendData(head);
        sha.AppendData(bytes is not null ? bytes : MemoryMarshal.AsBytes(numbers.AsSpan()));
        return Convert.ToHexString(sha.GetHashAndReset()).ToLowerInvariant();
    }
}
