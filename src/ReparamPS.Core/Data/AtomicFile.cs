namespace ReparamPS.Data;

/// <summary>What happens to a file that is there already.</summary>
public enum ExistingFile
{
    /// <summary>It is replaced, unless it is read-only.</summary>
    Replace,

    /// <summary>It is replaced, read-only or not.</summary>
    ReplaceReadOnly,

    /// <summary>It is an error.</summary>
    Refuse,
}

/// <summary>
/// A file that appears whole or not at all: it is written under a temporary name beside its target, and takes the target's name when it is
/// committed. Disposed without that, it leaves nothing behind, and an older file stays as it was.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string target;
    private bool committed;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The target. A link is followed, so that the file it names is replaced and not the link.</param>
    /// <param name="existing">What happens to a file that is there already.</param>
    /// <exception cref="FileExistsException">The file exists, and it is not to be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or the folder can't be written to.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public AtomicFile(string path, ExistingFile existing = ExistingFile.Replace)
    {
        Path = path;
        CheckTarget(path, existing);
        target = File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } link ? link.FullName : System.IO.Path.GetFullPath(path);
        TemporaryPath = TemporaryName(target);
        Stream = new FileStream(TemporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 16);
    }

    /// <summary>The file that is to be.</summary>
    public string Path { get; }

    /// <summary>What is written to.</summary>
    public FileStream Stream { get; }

    /// <summary>Where the file is until it is committed.</summary>
    public string TemporaryPath { get; }

    /// <summary>A hidden name beside a file that is to be.</summary>
    public static string TemporaryName(string path) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, $".{System.IO.Path.GetFileName(path)}.{System.IO.Path.GetRandomFileName()}.tmp");

    /// <summary>Refuses a target that can't or must not be written, before any work is done.</summary>
    public static void CheckTarget(string path, ExistingFile existing)
    {
        if (Directory.Exists(path)) throw new ArgumentException($"'{path}' is a folder; a file is wanted.", nameof(path));
        string? folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder '{folder}' for '{System.IO.Path.GetFileName(path)}' does not exist.");
        if (!File.Exists(path)) return;
        if (existing == ExistingFile.Refuse) throw new FileExistsException(path);
        if (existing == ExistingFile.Replace && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0)
        {
            throw new UnauthorizedAccessException($"'{path}' is read-only. Force replaces it all the same.");
        }
    }

    /// <summary>Gives the file its name, over an older one if there is one.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        if (File.Exists(target))
        {
            if (OperatingSystem.IsWindows()) File.SetAttributes(target, FileAttributes.Normal);
            else File.SetUnixFileMode(TemporaryPath, File.GetUnixFileMode(target));
        }
        File.Move(TemporaryPath, target, overwrite: true);
        committed = true;
    }

    /// <summary>Removes what was not committed.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException) when (!committed)
        {
            // What is left in the buffer does not fit on the disk, and nobody wants it any more.
        }
        if (!committed) File.Delete(TemporaryPath);
    }
}

/// <summary>A file exists that was not to be replaced.</summary>
public sealed class FileExistsException : IOException
{
    /// <summary>Creates the exception.</summary>
    public FileExistsException(string path) : base($"'{path}' exists already, and it was not to be replaced.") { }
}
