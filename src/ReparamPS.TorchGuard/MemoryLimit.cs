namespace ReparamPS.TorchGuard;

/// <summary>Refuses tensors that cannot fit into memory before the operating system, which grants more than there is, ends the process.</summary>
public static class MemoryLimit
{
    private const int Cpu = 0;

    // Bytes per element by libtorch's ScalarType; types beyond these are of one byte.
    private static readonly byte[] ElementSizes = [1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 1, 1, 4, 2];

    /// <summary>The bytes of memory that this process can use.</summary>
    public static long Available { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Refuses a request for memory that this machine does not have.</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="elementSize">Bytes per element.</param>
    /// <exception cref="InsufficientMemoryException">The request is larger than the memory.</exception>
    public static void Check(double count, int elementSize)
    {
        if (count * elementSize > Available) throw new InsufficientMemoryException(NativeErrors.OutOfMemory(count * elementSize));
    }

    internal static unsafe void Check(nint sizes, int length, sbyte scalarType, int deviceType)
    {
        if (deviceType != Cpu) return;
        double count = 1;
        for (int i = 0; i < length; i++) count *= ((long*)sizes)[i];
        Check(count, (uint)scalarType < ElementSizes.Length ? ElementSizes[scalarType] : 1);
    }
}
