using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Shapes, by PyTorch's broadcasting rules.</summary>
public static class TensorShapes
{
    /// <summary>When shapes broadcast, as the last sentence of a message.</summary>
    internal const string BroadcastRule = "Sizes of the same dimension, counted from the last, must be equal or 1.";

    /// <summary>The common shape of two shapes.</summary>
    /// <returns>False if they do not broadcast.</returns>
    public static bool TryBroadcast(long[] first, long[] second, out long[] result)
    {
        result = new long[Math.Max(first.Length, second.Length)];
        for (int i = 1; i <= result.Length; i++)
        {
            long a = i <= first.Length ? first[^i] : 1, b = i <= second.Length ? second[^i] : 1;
            if (a != b && a != 1 && b != 1) return false;
            result[^i] = a == 1 ? b : a;
        }
        return true;
    }

    /// <summary>Whether a shape broadcasts to exactly another.</summary>
    public static bool BroadcastsTo(long[] shape, long[] target) => TryBroadcast(shape, target, out long[] common) && common.SequenceEqual(target);

    /// <summary>A tensor as a view of a larger shape; the tensor itself if it already has that shape.</summary>
    public static Tensor ExpandTo(Tensor tensor, long[] shape) => tensor.shape.AsSpan().SequenceEqual(shape) ? tensor : tensor.expand(shape);

    /// <summary>A number of dimensions, in words.</summary>
    public static string Dimensions(int count) => count == 1 ? "1 dimension" : $"{count} dimensions";

    /// <summary>The number of elements of a shape.</summary>
    public static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>The number of elements of a shape, also if it exceeds the largest integer.</summary>
    public static double RealCount(long[] shape) => shape.Aggregate(1.0, (product, size) => product * size);

    /// <summary>The index of an element, one number per dimension (NumPy's <c>unravel_index</c>).</summary>
    /// <param name="element">The number of the element, from 0, in row-major order.</param>
    /// <param name="shape">The shape.</param>
    public static long[] Unravel(long element, long[] shape)
    {
        long[] index = new long[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--) (element, index[i]) = (element / shape[i], element % shape[i]);
        return index;
    }

    /// <summary>The index of an element as text: [1, 0]; empty for a single number.</summary>
    public static string IndexText(long element, long[] shape) => shape.Length == 0 ? "" : Format(Unravel(element, shape));

    /// <summary>A shape as the end of a message: “the shape [2, 3]”, “a single number”, or “an empty list” for what a list without numbers becomes.</summary>
    internal static string Said(long[] shape) => shape is [0] ? "an empty list" : shape.Length == 0 ? "a single number" : $"the shape {Format(shape)}";

    /// <summary>A shape as text: [2, 3].</summary>
    public static string Format(long[] shape) => $"[{string.Join(", ", shape)}]";
}
