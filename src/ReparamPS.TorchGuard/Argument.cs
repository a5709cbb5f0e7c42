using System.Runtime.InteropServices;

namespace ReparamPS.TorchGuard;

/// <summary>A value that goes to or comes from a TorchScript function, as TorchSharp's native library lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Argument
{
    private const long TensorKind = 0, NumberKind = 1, BooleanKind = 2, TensorListKind = 5;

    private long kind;
    private long count;

    /// <summary>The native tensor, number or list.</summary>
    public nint Handle;

    public static Argument Tensor(nint tensor) => new() { kind = TensorKind, Handle = tensor };

    public static Argument Number(nint scalar) => new() { kind = NumberKind, Handle = scalar };

    public static Argument Boolean(bool value) => new() { kind = BooleanKind, Handle = value ? 1 : 0 };

    public static unsafe Argument Tensors(Argument* items, int count) => new() { kind = TensorListKind, count = count, Handle = (nint)items };
}
