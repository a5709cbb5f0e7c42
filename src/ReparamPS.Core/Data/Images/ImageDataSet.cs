using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Torch;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace ReparamPS.Data.Images;

/// <summary>Grey images with intensities between 0 and 1, optionally with labels. They are stored as compactly as in their file; tensors are made on request.</summary>
public sealed class ImageDataSet
{
    private const int RowsAtOnce = 4096;

    /// <summary>Numbers up to 1 and numbers up to this one are not on one scale.</summary>
    internal const double OtherScale = 10;


    private readonly byte[]? bytes;
    private readonly float[]? numbers;
    private readonly int[]? positions;
    private readonly float divisor;
    private string? hash;

    /// <summary>A data set of bytes.</summary>
    /// <param name="name">A short name, for rows and charts.</param>
    /// <param name="bytes">The pixels, image by image, row by row.</param>
    /// <param name="divisor">The byte that means an intensity of 1.</param>
    /// <param name="height">Rows per image.</param>
    /// <param name="width">Columns per image.</param>
    /// <param name="labels">One label per image; null if there are none.</param>
    public ImageDataSet(string name, byte[] bytes, float divisor, int height, int width, int[]? labels = null)
        : this(name, bytes.Length, divisor, height, width, labels) => this.bytes = bytes;

    /// <summary>A data set of numbers.</summary>
    /// <inheritdoc cref="ImageDataSet(string, byte[], float, int, int, int[])"/>
    public ImageDataSet(string name, float[] numbers, float divisor, int height, int width, int[]? labels = null)
        : this(name, numbers.Length, divisor, height, width, labels) => this.numbers = numbers;

    private ImageDataSet(string name, int values, float divisor, int height, int width, int[]? labels)
    {
        if (height < 1 || width < 1 || values % (height * width) != 0)
            throw new ShapeMismatchException($"{values} values are not a whole number of {height}×{width} images.", nameof(values));
        (Name, this.divisor, Height, Width, Labels) = (name, divisor, height, width, labels);
        Count = values / PixelCount;
        if (labels is not null && labels.Length != Count) throw new ShapeMismatchException($"There are {labels.Length} labels for {Count} images; the numbers must be equal.", nameof(labels));
    }

    // Shares the values of another data set, so that parts of it need no additional memory.
    private ImageDataSet(ImageDataSet of, string name, int[]? positions, float divisor)
        : this(name, (positions?.Length ?? of.Count) * of.PixelCount, divisor, of.Height, of.Width, of.LabelsAt(positions))
    {
        (bytes, numbers, IsScaledByValues, ColumnWarning) = (of.bytes, of.numbers, of.IsScaledByValues, of.ColumnWarning);
        this.positions = positions is null ? of.positions : of.positions is null ? positions : Array.ConvertAll(positions, position => of.positions[position]);
    }

    /// <summary>A short name.</summary>
    public string Name { get; }

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>Rows per image.</summary>
    public int Height { get; }

    /// <summary>Columns per image.</summary>
    public int Width { get; }

    /// <summary>Pixels per image.</summary>
    public int PixelCount => Height * Width;

    /// <summary>One label per image; null if there are none.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>Why a column of the file may hold something else than it was read as; null if there is no doubt.</summary>
    public string? ColumnWarning { get; internal init; }

    /// <summary>The value that means an intensity of 1. Larger numbers, which only held-out parts of a data set can hold, count as 1.</summary>
    public double MaximumValue => divisor;

    /// <summary>Whether the values themselves determine what means 1, so that a part of them may determine another value.</summary>
    internal bool IsScaledByValues { get; init; }

    /// <summary>SHA-256 of shape, scale and pixels, in hexadecimal: equal for equal images from any source.</summary>
    public string Hash => hash ??= ComputeHash();

    /// <summary>The images as a matrix, one per row, intensities between 0 and 1.</summary>
    public Tensor ToTensor(ScalarType dtype, Device device)
    {
        NativeLibraries.LoadTorch();
        using var scope = NewDisposeScope();
        Tensor result = empty(Count, PixelCount, dtype: dtype, device: device);
        for (int first = 0; first < Count; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, Count - first);
            using Tensor part = empty(rows, PixelCount, dtype: bytes is not null ? ScalarType.Byte : ScalarType.Float32, device: CPU);
            Span<byte> values = part.bytes;
            for (int i = 0; i < rows; i++) RowBytes(first + i).CopyTo(values[(i * (values.Length / rows))..]);
            using Tensor target = result.narrow(0, first, rows);
            target.copy_(part);
        }
        result.div_((double)divisor);
        return (numbers is null ? result : result.clamp_max_(1)).MoveToOuterDisposeScope();
    }

    /// <summary>A selection of the images, in the given order.</summary>
    /// <param name="rows">Their positions.</param>
    /// <param name="name">The part's name; null to keep this one.</param>
    public ImageDataSet Take(IReadOnlyList<int> rows, string? name = null) => new(this, name ?? Name, [.. rows], divisor);

    /// <summary>These images and those of another data set with the same value that means 1. They have labels only if both have.</summary>
    /// <param name="other">The images that come last.</param>
    internal ImageDataSet FollowedBy(ImageDataSet other)
    {
        if (other.PixelCount != PixelCount) throw new ShapeMismatchException($"Each image of {other.Name} has {other.PixelCount} pixels; each image of {Name} has {PixelCount}. All images must have the same size.", nameof(other));
        int[]? labels = Labels is null || other.Labels is null ? null : [.. Labels, .. other.Labels];
        return bytes is not null && other.bytes is not null
            ? new ImageDataSet(Name, [.. AllBytes(), .. other.AllBytes()], divisor, Height, Width, labels)
            : new ImageDataSet(Name, [.. AllNumbers(), .. other.AllNumbers()], divisor, Height, Width, labels);
    }

    /// <summary>The same images with another value that means 1.</summary>
    internal ImageDataSet ScaledTo(double maximum) => maximum == MaximumValue ? this : new ImageDataSet(this, Name, null, (float)maximum);

    /// <summary>The images of another file than the training images, with their value that means 1.</summary>
    /// <param name="path">The file, for the error.</param>
    /// <param name="maximum">The value that means 1 in the training images.</param>
    /// <param name="pixels">The pixels of a training image. The scale of other images says nothing.</param>
    /// <exception cref="ShapeMismatchException">The images have another size.</exception>
    /// <exception cref="DataFormatException">A value is larger, or only one of the two files holds intensities up to 1.</exception>
    internal ImageDataSet ScaledAsTraining(string path, double maximum, int pixels)
    {
        if (PixelCount != pixels) throw new ShapeMismatchException($"Each image of {ShortText.Quoted(path)} has {PixelCount} pixels; each training image has {pixels}. The numbers must be equal.", nameof(path));
        if (maximum == MaximumValue) return this;
        float largest = Largest();
        if (largest > maximum)
            throw new DataFormatException(path, FormattableString.Invariant($"values must be at most {(float)maximum}, the pixel value that means intensity 1 in the training images; got {largest}. Scale the values like those of the training images, or train with MaximumValue set to at least {largest}."));
        if (IsScaledByValues && MaximumValue == 1 && maximum >= OtherScale)
            throw new DataFormatException(path, FormattableString.Invariant($"values must be on the scale of the training images, in which {(float)maximum} means intensity 1; the largest value is {largest}. Scale the values like those of the training images."));
        return ScaledTo(maximum);
    }

    /// <summary>The largest value.</summary>
    internal float Largest()
    {
        float largest = 0;
        for (int i = 0; i < Count; i++)
        {
            ReadOnlySpan<byte> row = RowBytes(i);
            largest = Math.Max(largest, bytes is not null ? TensorPrimitives.Max(row) : TensorPrimitives.Max(MemoryMarshal.Cast<byte, float>(row)));
        }
        return largest;
    }

    /// <summary>The number of values above the one that means 1.</summary>
    internal long CountClipped()
    {
        long count = 0;
        if (numbers is null) return count;
        for (int i = 0; i < Count; i++)
        {
            foreach (float value in MemoryMarshal.Cast<byte, float>(RowBytes(i))) count += value > divisor ? 1 : 0;
        }
        return count;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Count} images of {Height}×{Width}";

    private ReadOnlySpan<byte> RowBytes(int row)
    {
        int start = (positions?[row] ?? row) * PixelCount;
        return bytes is not null ? bytes.AsSpan(start, PixelCount) : MemoryMarshal.AsBytes(numbers.AsSpan(start, PixelCount));
    }

    private byte[] AllBytes()
    {
        byte[] all = new byte[Count * PixelCount];
        for (int i = 0; i < Count; i++) RowBytes(i).CopyTo(all.AsSpan(i * PixelCount));
        return all;
    }

    private float[] AllNumbers()
    {
        if (bytes is not null) return Array.ConvertAll(AllBytes(), value => (float)value);
        float[] all = new float[Count * PixelCount];
        for (int i = 0; i < Count; i++) MemoryMarshal.Cast<byte, float>(RowBytes(i)).CopyTo(all.AsSpan(i * PixelCount));
        return all;
    }

    private int[]? LabelsAt(int[]? rows) => Labels is null ? null : rows is null ? [.. Labels] : Array.ConvertAll(rows, row => Labels[row]);

    private string ComputeHash()
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] head = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(head, Count);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), Height);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), Width);
        BinaryPrimitives.WriteSingleLittleEndian(head.AsSpan(12), divisor);
        sha.AppendData(head);
        for (int i = 0; i < Count; i++) sha.AppendData(RowBytes(i));
        return Convert.ToHexString(sha.GetHashAndReset()).ToLowerInvariant();
    }
}
