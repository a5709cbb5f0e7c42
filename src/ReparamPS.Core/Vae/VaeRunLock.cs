namespace ReparamPS.Vae;

/// <summary>Keeps a run's folder to one process: a locked file, whose lock the operating system drops with its process, however that ends.</summary>
internal sealed class VaeRunLock : IDisposable
{
    private const string FileName = "run.lock";

    private readonly FileStream file;

    private VaeRunLock(FileStream file) => this.file = file;

    /// <summary>Takes the folder.</summary>
    /// <exception cref="IOException">It is taken already.</exception>
    public static VaeRunLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            var taken = new VaeRunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
            // One that was removed between opening and locking locks nothing.
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
        string who = new VaeRunDescription(folder).Process is { } process ? $"process {process}" : "another process";
        return new IOException($"'{folder}' is held by {who}, which trains its run now.", inner);
    }
}
