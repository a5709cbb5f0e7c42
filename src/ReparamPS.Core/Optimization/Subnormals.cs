using System.Numerics;
using System.Runtime.InteropServices;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Optimization;

/// <summary>
/// Sets subnormal numbers to zero. A moving average decays into them where the gradient stays zero, and rounding then holds it there; some processors take a hundred
/// times as long for each. They are too small to change a parameter.
/// </summary>
internal static class Subnormals
{
    /// <summary>With this factor, products with a step size are normal numbers too.</summary>
    public const double BeforeStepSize = 1 << 26;

    /// <summary>Numbers in the host's memory, in place.</summary>
    /// <param name="numbers">The numbers, as long as a buffer of parameters.</param>
    /// <param name="factor">See <see cref="Limit"/>.</param>
    public static void Flush(Tensor numbers, double factor)
    {
        // A Span reaches two gigabytes.
        if (!HostMemory.Holds(numbers) || numbers.numel() * numbers.ElementSize > int.MaxValue) return;
        if (numbers.dtype == ScalarType.Float32) Flush<float>(numbers, factor);
        else Flush<double>(numbers, factor);
    }

    /// <summary>Numbers below the limit become zero.</summary>
    public static Vector<T> Flush<T>(Vector<T> numbers, Vector<T> limit) where T : unmanaged, IFloatingPointIeee754<T> =>
        Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(numbers), limit), Vector<T>.Zero, numbers);

    /// <summary>A multiple of the smallest normal number.</summary>
    public static Vector<T> Limit<T>(double factor = 1) where T : unmanaged, IFloatingPointIeee754<T> =>
        new(T.CreateTruncating(TorchTypes.Tiny(typeof(T) == typeof(float) ? ScalarType.Float32 : ScalarType.Float64) * factor));

    private static void Flush<T>(Tensor numbers, double factor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lines = (int)(numbers.numel() / FlatParameters.Alignment);
        TorchThreads.Run(lines, numbers.numel() * numbers.ElementSize, (start, end) =>
        {
            Vector<T> limit = Limit<T>(factor);
            Span<T> part = MemoryMarshal.Cast<byte, T>(numbers.bytes)[(start * FlatParameters.Alignment)..(end * FlatParameters.Alignment)];
            foreach (ref Vector<T> vector in MemoryMarshal.Cast<T, Vector<T>>(part))
            {
                // Memory that is only read costs half.
                Vector<T> flushed = Flush(vector, limit);
                if (flushed != vector) vector = flushed;
            }
        });
    }
}
