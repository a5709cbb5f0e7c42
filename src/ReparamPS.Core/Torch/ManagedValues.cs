using System.Runtime.InteropServices;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Tensors as managed numbers.</summary>
public static class ManagedValues
{
    private const long FewNumbers = 100_000;

    /// <summary>All elements in row-major order, as doubles, for every device and type.</summary>
    public static double[] ToDoubles(Tensor tensor)
    {
        if (tensor.numel() > Array.MaxLength) throw new ArgumentException($"A list holds at most {Array.MaxLength} numbers; the tensor has {tensor.numel()}.", nameof(tensor));
        // The list, and the tensor in double precision and in one piece.
        MemoryLimit.Check(2.0 * tensor.numel(), sizeof(double));
        // A small tensor is read in place: the calls below would take longer than the numbers.
        if (tensor.dtype == ScalarType.Float64 && tensor.numel() <= FewNumbers && HostMemory.Holds(tensor) && tensor.is_contiguous()) return MemoryMarshal.Cast<byte, double>(tensor.bytes).ToArray();
        // The conversion would return the real part.
        if (tensor.is_complex()) throw new ArgumentException($"Numbers must be real; got a tensor of type {TorchTypes.NameOf(tensor.dtype)}. Use the tensor's .real, .imag or .view_as_real().", nameof(tensor));
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
    }

    /// <summary>A number, or arrays nested as the dimensions are. Integers and Booleans keep their kind; all else is double.</summary>
    public static object ToNested(Tensor tensor)
    {
        long[] shape = tensor.shape;
        using var scope = NewDisposeScope();
        return tensor.dtype switch
        {
            ScalarType.Bool => Nest(tensor.cpu().contiguous().data<bool>().ToArray(), shape),
            ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64 => Nest(tensor.to(ScalarType.Int64).cpu().contiguous().data<long>().ToArray(), shape),
            _ => Nest(ToDoubles(tensor), shape),
        };
    }

    private static object Nest<T>(T[] values, long[] shape)
        where T : struct
    {
        if (shape.Length == 0) return values[0];
        if (shape.Length == 1) return values;
        int rows = (int)shape[0], size = rows == 0 ? 0 : values.Length / rows;
        return Enumerable.Range(0, rows).Select(row => Nest(values[(row * size)..((row + 1) * size)], shape[1..])).ToArray();
    }
}
