namespace ReparamPS.TorchGuard;

/// <summary>Refuses requests that do not fit into the memory that is available, before the operating system, which grants more than there is, ends the process.</summary>
public static class MemoryLimit
{
    private const int Cpu = 0;

    // Smaller requests are not worth a look at the system.
    private const double Unchecked = 64 << 20;

    // What is left to others: what is available changes between the look and the use.
    private const long MaxReserve = 256L << 20;

    // Bytes per element by libtorch's ScalarType; types beyond these are of one byte.
    private static readonly byte[] ElementSizes = [1, 1, 2, 4, 8, 2, 4, 8, 4, 8, 16, 1, 1, 1, 4, 2];

    /// <summary>The bytes of memory that this process can use now.</summary>
    public static long Available
    {
        get
        {
            long bytes = AvailableMemory.Read();
            return bytes - Math.Min(MaxReserve, bytes / 10);
        }
    }

    /// <summary>Refuses a request for memory that is not available.</summary>
    /// <param name="count">Number of elements, those of temporaries included.</param>
    /// <param name="elementSize">Bytes per element.</param>
    /// <exception cref="InsufficientMemoryException">The request is larger than the memory that is available.</exception>
    public static void Check(double count, int elementSize)
    {
        if (!Allows(count, elementSize)) throw new InsufficientMemoryException(NativeErrors.OutOfMemory(count * elementSize));
    }

    /// <summary>Whether memory for a request is available.</summary>
    /// <param name="count">Number of elements, those of temporaries included.</param>
    /// <param name="elementSize">Bytes per element.</param>
    public static bool Allows(double count, int elementSize)
    {
        double bytes = count * elementSize;
        if (bytes < Unchecked || bytes <= Available) return true;
        // Tensors that nobody disposed hold memory until their finalizers run.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return bytes <= Available;
    }

    internal static unsafe void Check(nint sizes, int length, sbyte scalarType, int deviceType)
    {
        if (deviceType != Cpu) return;
        double count = 1;
        for (int i = 0; i < length; i++) count *= ((long*)sizes)[i];
        Check(count, (uint)scalarType < ElementSizes.Length ? ElementSizes[scalarType] : 1);
    }
}
