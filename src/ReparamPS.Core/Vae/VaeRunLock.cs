using ReparamPS.Data;

namespace ReparamPS.Vae;

/// <summary>Keeps a run's folder to one process.</summary>
internal static class VaeRunLock
{
    /// <summary>Takes the folder, until the result is disposed.</summary>
    /// <exception cref="IOException">Another process holds it.</exception>
    public static FileLock Take(string folder)
    {
        if (FileLock.TryTake(Path.Combine(folder, "run.lock")) is { } taken) return taken;
        string who = new VaeRunDescription(folder).Process is { } process ? $"process {process}" : "another process";
        throw new IOException($"'{folder}' is held by {who}, which trains its run now.");
    }
}
