namespace ReparamPS.TorchGuard;

/// <summary>
/// Collects garbage when tensors that nobody disposed hold much native memory, of which the collector does not know: each is a small object to it.
/// The budget grows with what is alive, so that a collection is rare beside the allocations that led to it.
/// </summary>
public static class MemoryBudget
{
    private const long Smallest = 64L << 20;
    private const long Counted = 4096;

    private static long live;
    private static long budget = Smallest;
    private static int collecting;

    /// <summary>The bytes of all tensors that are alive; views count as tensors of their own.</summary>
    public static long Live => Volatile.Read(ref live);

    /// <summary>Counts a new tensor, and collects if the budget is spent.</summary>
    /// <param name="tensor">Its native handle.</param>
    /// <returns>Its bytes, to be handed to <see cref="Remove"/>.</returns>
    public static long Add(nint tensor)
    {
        if (tensor == 0) return 0;
        long bytes = Native.THSTensor_numel(tensor) * Native.THSTensor_element_size(tensor);
        // Small tensors are many, and their objects weigh as much: the collector sees those.
        if (bytes < Counted) return 0;
        if (Interlocked.Add(ref live, bytes) > Volatile.Read(ref budget)) Collect();
        return bytes;
    }

    /// <summary>Counts off a tensor that is released.</summary>
    /// <param name="bytes">What <see cref="Add"/> returned.</param>
    public static void Remove(long bytes)
    {
        if (bytes != 0) Interlocked.Add(ref live, -bytes);
    }

    private static void Collect()
    {
        if (Interlocked.Exchange(ref collecting, 1) != 0) return;
        try
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            // Finalizers release the native memory.
            GC.WaitForPendingFinalizers();
            Volatile.Write(ref budget, Math.Max(Smallest, Volatile.Read(ref live) * 2));
        }
        finally
        {
            Volatile.Write(ref collecting, 0);
        }
    }
}
