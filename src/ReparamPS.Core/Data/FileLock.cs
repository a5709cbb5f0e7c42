using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>
/// A file that one process or thread holds at a time. The operating system releases it when the process ends, for any reason, and the file is deleted with it.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int PollMilliseconds = 20;

    // Elsewhere the runtime would delete by name, which can be another process's lock by then.
    private static readonly FileOptions Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Acquires the lock; returns null if another process or thread holds it.</summary>
    /// <param name="path">The lock's file. Its folder must exist.</param>
    public static FileLock? TryTake(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, Options);
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
        catch (UnauthorizedAccessException) when (OperatingSystem.IsWindows() && File.Exists(path))
        {
            // Windows does not open a file that its last holder is deleting.
            return null;
        }
        if (IsCurrent(file, path)) return new FileLock(file);
        file.Dispose();
        return null;
    }

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="IOException">Another process or thread held the lock the whole time.</exception>
    public static FileLock Take(string path, TimeSpan patience, CancellationToken cancellation)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(path) is { } acquired) return acquired;
            if (Environment.TickCount64 - start > patience.TotalMilliseconds) throw new IOException($"Another process held the lock '{ShortText.Of(path)}' for {patience.TotalMinutes} minutes. Wait until that process is done, or end it.");
            cancellation.WaitHandle.WaitOne(PollMilliseconds);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!OperatingSystem.IsWindows() && !file.SafeFileHandle.IsClosed) File.Delete(file.Name);
        file.Dispose();
    }

    // EAGAIN of Linux and macOS; the sharing and lock violations of Windows.
    private static bool IsHeld(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    // Between opening and locking, the last holder can have deleted the file, and another process can have created a new one. A time stamp that only this process sets distinguishes the two.
    private static bool IsCurrent(FileStream file, string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.UnixEpoch.AddTicks(Random.Shared.NextInt64(TimeSpan.TicksPerDay * 10_000)));
        return File.GetLastWriteTimeUtc(file.SafeFileHandle) == File.GetLastWriteTimeUtc(path);
    }
}
