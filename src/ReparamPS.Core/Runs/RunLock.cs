namespace ReparamPS.Runs;

/// <summary>Reserves a run's folder for one process. The operating system releases the lock when the process ends, however it ends.</summary>
internal sealed class RunLock : IDisposable
{
    private const string FileName = "run.lock";

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the folder.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            var taken = new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
            // A file that was deleted between opening and locking locks nothing.
            if (File.Exists(path)) return taken;
            taken.Dispose();
            throw Taken(folder, null);
        }
        catch (IOException error) when (IsSharingViolation(error))
        {
            throw Taken(folder, error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    // EAGAIN of Linux and macOS; the sharing and lock violations of Windows.
    private static bool IsSharingViolation(IOException error) =>
        OperatingSystem.IsWindows() ? (error.HResult & 0xFFFF) is 32 or 33 : error.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);

    private static IOException Taken(string folder, Exception? inner)
    {
        string who = new RunDescription(folder).Process is { } process ? $"Process {process}" : "Another process";
        return new IOException($"{who} is training the run in '{folder}'.", inner);
    }
}
