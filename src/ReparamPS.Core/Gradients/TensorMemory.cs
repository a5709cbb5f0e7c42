using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Elements of floating tensors as managed numbers; read directly from memory if the tensor is contiguous on the CPU.</summary>
internal static class TensorMemory
{
    /// <summary>Copies all elements, in row-major order.</summary>
    public static void Read(Tensor tensor, Span<double> target)
    {
        if (tensor.dtype == ScalarType.Float64 && IsDirect(tensor))
        {
            MemoryMarshal.Cast<byte, double>(tensor.bytes).CopyTo(target);
            return;
        }
        ManagedValues.ToDoubles(tensor).CopyTo(target);
    }

    /// <summary>Changes all elements of a float64 tensor on the CPU that lies in one piece.</summary>
    public static void Write(Tensor tensor, ReadOnlySpan<double> values) => values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));

    /// <summary>One element.</summary>
    public static double Get(Tensor tensor, long index)
    {
        if (IsDirect(tensor))
        {
            if (tensor.dtype == ScalarType.Float64) return MemoryMarshal.Cast<byte, double>(tensor.bytes)[(int)index];
            if (tensor.dtype == ScalarType.Float32) return MemoryMarshal.Cast<byte, float>(tensor.bytes)[(int)index];
        }
        using var scope = NewDisposeScope();
        return tensor.detach().flatten()[index].to(ScalarType.Float64).item<double>();
    }

    /// <summary>Changes one element of a contiguous tensor in place, hidden from automatic differentiation.</summary>
    public static void Set(Tensor tensor, long index, double value)
    {
        if (IsDirect(tensor))
        {
            if (tensor.dtype == ScalarType.Float64) MemoryMarshal.Cast<byte, double>(tensor.bytes)[(int)index] = value;
            else MemoryMarshal.Cast<byte, float>(tensor.bytes)[(int)index] = (float)value;
            return;
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        tensor.detach().view(-1)[index] = value;
    }

    /// <summary>Changes all elements of a contiguous tensor in place, hidden from automatic differentiation.</summary>
    public static void SetAll(Tensor tensor, double[] values)
    {
        if (IsDirect(tensor))
        {
            if (tensor.dtype == ScalarType.Float64) Write(tensor, values);
            else Narrow(values, MemoryMarshal.Cast<byte, float>(tensor.bytes));
            return;
        }
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        tensor.detach().view(-1).copy_(TorchSharp.torch.tensor(values, device: CPU));
    }

    private static void Narrow(double[] values, Span<float> target)
    {
        for (int i = 0; i < values.Length; i++) target[i] = (float)values[i];
    }

    /// <summary>Whether its elements have 16 bits.</summary>
    public static bool IsHalf(Tensor tensor) => tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16;

    private static bool IsDirect(Tensor tensor) => HostMemory.Holds(tensor) && tensor.is_contiguous();
}
