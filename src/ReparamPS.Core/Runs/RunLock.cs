using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Runs;

/// <summary>Reserves a run's folder for one process.</summary>
internal static class RunLock
{
    /// <summary>Locks the folder until the result is disposed.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static FileLock Take(string folder)
    {
        if (FileLock.TryTake(Path.Combine(folder, "run.lock")) is { } acquired) return acquired;
        // A run that ended there, and that another one is about to replace, does not say whose process that is.
        string who = new RunDescription(folder).Process is not { } process ? "Another process, or another thread of this one,"
            : process == Environment.ProcessId ? "Another thread of this process" : $"Process {process}";
        throw new IOException($"{who} is training the run in '{ShortText.Of(folder)}'. Wait until it ends, or give each training a folder of its own.");
    }
}
