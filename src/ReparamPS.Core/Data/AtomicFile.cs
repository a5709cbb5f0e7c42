using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>What happens to an existing file.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum ExistingFile
{
    /// <summary>It is replaced, unless it is read-only.</summary>
    Replace,

    /// <summary>It is replaced, unless it is read-only; the error then names -Force.</summary>
    OfferForce,

    /// <summary>It is replaced, read-only or not.</summary>
    ReplaceReadOnly,

    /// <summary>It is an error.</summary>
    Refuse,
}

/// <summary>
/// A file that appears complete or not at all: it is written under a temporary name next to its target, and renamed to the target when it is
/// committed. If it is disposed without a commit, no file remains, and an existing file stays unchanged.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string target;
    private bool committed;
    private bool isKept;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The target. A link is followed, so that its target is replaced and not the link.</param>
    /// <param name="existing">What happens to an existing file.</param>
    /// <exception cref="FileExistsException">The file exists and must not be replaced.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or the folder is not writable.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public AtomicFile(string path, ExistingFile existing = ExistingFile.Replace)
    {
        CheckTarget(path, existing);
        target = FinalPath(path);
        TemporaryPath = Beside(target, $".{Path.GetRandomFileName()}.tmp");
        try
        {
            // Open to readers: on Linux, a backup that opens the file in the moment before it is locked would otherwise fail the write.
            Stream = new FileStream(TemporaryPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The user does not know the hidden file; the folder refuses it.
            string folder = Path.GetDirectoryName(target)!;
            // Such as /proc, where a new file is one that is not found.
            string reason = error is FileNotFoundException ? $"the folder '{ShortText.Of(folder)}' allows no new files." : error.Message.Replace(TemporaryPath, folder, StringComparison.Ordinal);
            string message = $"'{ShortText.Of(Path.GetFileName(target))}' cannot be written: {reason}";
            throw error is IOException ? new IOException(message, error) { HResult = error.HResult } : new UnauthorizedAccessException(message, error);
        }
    }

    /// <summary>The stream to write to.</summary>
    public FileStream Stream { get; }

    /// <summary>The file's name until it is committed.</summary>
    public string TemporaryPath { get; }

    /// <summary>A hidden file next to the file of a path, after links are followed.</summary>
    /// <param name="path">The path.</param>
    /// <param name="ending">The suffix of the file's name.</param>
    public static string Beside(string path, string ending)
    {
        string final = FinalPath(path);
        return Path.Combine(Path.GetDirectoryName(final)!, $".{Path.GetFileName(final)}{ending}");
    }

    private static string FinalPath(string path) =>
        File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } link ? link.FullName : Path.GetFullPath(path);

    /// <summary>Rejects a target that cannot or must not be written, before any work is done.</summary>
    public static void CheckTarget(string path, ExistingFile existing)
    {
        if (OperatingSystem.IsWindows()) WindowsNames.Check(path);
        if (Directory.Exists(path)) throw new ArgumentException($"'{ShortText.Of(path)}' is a folder; a file is required.", nameof(path));
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null && !Directory.Exists(folder)) throw new DirectoryNotFoundException($"The folder '{ShortText.Of(folder)}' for '{ShortText.Of(Path.GetFileName(path))}' does not exist. Create it first.");
        if (!File.Exists(path)) return;
        RegularFile.Check(path);
        if (existing == ExistingFile.Refuse) throw new FileExistsException(path);
        if (existing != ExistingFile.ReplaceReadOnly && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0)
        {
            throw new UnauthorizedAccessException($"'{ShortText.Of(path)}' is read-only. {(existing == ExistingFile.OfferForce ? "Use -Force to write to it." : "Make it writable, or choose another path.")}");
        }
    }

    /// <summary>Writes a small file in one go.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="contents">The contents.</param>
    /// <param name="flush">Whether it must survive a crash of the machine.</param>
    public static void WriteAll(string path, ReadOnlySpan<byte> contents, bool flush = true)
    {
        using var file = new AtomicFile(path);
        file.Stream.Write(contents);
        file.Commit(flush);
    }

    /// <summary>Renames the file to its target and replaces an existing file. A stream that was closed so that another library can write the file stays closed.</summary>
    /// <param name="flush">Whether the file must survive a crash of the machine.</param>
    public void Commit(bool flush = true)
    {
        if (Stream.CanWrite) Stream.Flush(flush);
        else if (flush) using (var written = new FileStream(TemporaryPath, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
        Stream.Dispose();
        if (File.Exists(target))
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(TemporaryPath, File.GetUnixFileMode(target));
            else if ((File.GetAttributes(target) & FileAttributes.ReadOnly) != 0) File.SetAttributes(target, FileAttributes.Normal);
        }
        Rename();
        committed = true;
    }

    /// <summary>Deletes the file unless it was committed.</summary>
    public void Dispose()
    {
        try
        {
            Stream.Dispose();
        }
        catch (IOException) when (!committed)
        {
            // The rest of the buffer does not fit on the disk, and is no longer needed.
        }
        if (!committed && !isKept) File.Delete(TemporaryPath);
    }

    /// <summary>Creates a folder, and those above it, unless it exists.</summary>
    /// <exception cref="IOException">It cannot be created; the message names the folder that refuses it.</exception>
    public static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (IOException error)
        {
            string? nearest = Path.GetFullPath(path);
            while (nearest is not null && !Path.Exists(nearest)) nearest = Path.GetDirectoryName(nearest);
            bool isFile = File.Exists(nearest);
            if (!isFile && error is not (FileNotFoundException or DirectoryNotFoundException)) throw;
            throw new IOException($"The folder '{ShortText.Of(path)}' cannot be created: '{ShortText.Of(nearest)}' {(isFile ? "is a file" : "allows no new folders")}.", error);
        }
    }

    private void Rename()
    {
        try
        {
            SharedFiles.Replace(TemporaryPath, target);
        }
        catch (Exception error) when (SharedFiles.IsInUse(error))
        {
            // Such as a table that a spreadsheet shows: hours of work must not be lost for it.
            isKept = true;
            throw new IOException($"'{ShortText.Of(target)}' cannot be replaced: another program has it open. Close it there, then rename '{ShortText.Of(TemporaryPath)}', which holds the new contents, to '{ShortText.Of(Path.GetFileName(target))}'.", error);
        }
    }
}

/// <summary>A file exists that must not be replaced.</summary>
public sealed class FileExistsException : IOException
{
    /// <summary>Creates the exception.</summary>
    public FileExistsException(string path) : base($"'{ShortText.Of(path)}' already exists, and NoClobber does not allow writing to it. Choose another path.") { }
}
