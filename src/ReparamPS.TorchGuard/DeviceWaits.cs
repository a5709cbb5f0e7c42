namespace ReparamPS.TorchGuard;

/// <summary>
/// Counts the calls of each thread that wait for a tensor's device, or copy between devices: item(), cpu(), to(device), bytes and data, operations whose result's shape depends on values, and
/// factorizations that check their result. On the CPU they cost nothing; on a GPU each stops the queue of operations.
/// </summary>
public static class DeviceWaits
{
    [ThreadStatic] private static long count;

    /// <summary>The calls of this thread so far.</summary>
    public static long Count => count;

    /// <summary>Counts a call.</summary>
    public static void Add() => count++;
}
