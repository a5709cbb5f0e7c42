using System.Globalization;
using System.IO.Compression;
using ReparamPS.Data;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>What to install, and where.</summary>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Source">A folder of packages, a folder of libtorch, or the URL or name of a NuGet source; null for the user's NuGet sources.</param>
/// <param name="Folder">The folder of the runtime; null for the one of the scope.</param>
/// <param name="Scope">For whom.</param>
/// <param name="Force">Whether an installed runtime is replaced.</param>
/// <param name="WorkingFolder">The folder whose NuGet configuration counts.</param>
public sealed record InstallOptions(string Device, string? Source, string? Folder, RuntimeScope Scope, bool Force, string WorkingFolder)
{
    /// <summary>The folder of the runtime.</summary>
    /// <exception cref="DirectoryNotFoundException">The user has no folder for application data.</exception>
    public string Target => Folder is null ? Path.Combine(RuntimeFolders.Root(Scope), RuntimeFolders.NameOf(Device)) : Path.GetFullPath(Folder);
}

/// <summary>
/// Installs libtorch. A runtime appears complete or not at all: it is written under a temporary name next to its folder and renamed at the end. A lock file lets one installation work at a time.
/// </summary>
public sealed class TorchInstaller(InstallOptions options, InstallProgress progress)
{
    private const string LockName = ".reparamps-torch.lock", TemporarySuffix = ".reparamps.tmp";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Installs, unless the runtime is installed already.</summary>
    /// <exception cref="ArgumentException">The source is none of those allowed.</exception>
    /// <exception cref="DataFormatException">A package is not the known one.</exception>
    /// <exception cref="IOException">The disk is full, the folder is not writable, or the download broke.</exception>
    public TorchRuntime Install(CancellationToken cancellation)
    {
        string target = options.Target, root = Path.GetDirectoryName(target) ?? throw new ArgumentException($"Path must not be the root of a disk; got '{target}'.");
        if (IsComplete(target) && !options.Force) return TorchRuntime.Installed(target);
        if (Directory.Exists(target) && !IsComplete(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new ArgumentException($"Path must be a new or empty folder, or an installed runtime; '{target}' holds other files.");
        TorchSource source = TorchSource.Find(options);
        Prepare(root);
        using var held = FileLock.Take(Path.Combine(root, LockName), Patience, cancellation);
        // Another session may have installed it meanwhile.
        if (IsComplete(target) && !options.Force) return TorchRuntime.Installed(target);
        foreach (string leftover in Directory.GetDirectories(root, $".{Path.GetFileName(target)}.*{TemporarySuffix}")) TryDeleteFolder(leftover);
        string temporary = Path.Combine(root, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{TemporarySuffix}");
        try
        {
            string? package = source.Package is { } known ? Checked(known, source.Path, root, cancellation) : null;
            Directory.CreateDirectory(temporary);
            RuntimeRecord record = package is not null ? Unpack(source.Package!, package, temporary, cancellation) : CopyFiles(source.Path!, temporary, cancellation);
            record.Write(temporary);
            Exchange(temporary, target);
            if (package is not null && source.Path is null) SharedFiles.TryDelete(package);
        }
        catch
        {
            TryDeleteFolder(temporary);
            throw;
        }
        return TorchRuntime.Installed(target);
    }

    /// <summary>Removes an installed runtime, and the folders around it if they are empty then.</summary>
    /// <exception cref="ArgumentException">The folder is not an installed runtime.</exception>
    public static void Uninstall(string folder)
    {
        string target = Path.GetFullPath(folder), root = Path.GetDirectoryName(target)!;
        if (!IsComplete(target)) throw new ArgumentException($"Path must be the folder of an installed runtime; '{target}' has no {RuntimeFolders.RecordName}.");
        string away = Path.Combine(root, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{TemporarySuffix}");
        using (FileLock.Take(Path.Combine(root, LockName), Patience, CancellationToken.None))
        {
            MoveAway(target, away);
            Directory.Delete(away, recursive: true);
            // Packages of downloads that broke.
            if (!Directory.EnumerateDirectories(root).Any()) foreach (string part in Directory.GetFiles(root, ".libtorch-*.nupkg")) SharedFiles.TryDelete(part);
        }
        if (RuntimeRoots().Contains(root)) foreach (string parent in new[] { root, Path.GetDirectoryName(root)! }) DeleteIfEmpty(parent);
    }

    private static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, RuntimeFolders.RecordName));

    private static IEnumerable<string> RuntimeRoots() => Enum.GetValues<RuntimeScope>().Select(RuntimeFolders.Find).OfType<string>();

    private static void Prepare(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            string probe = Path.Combine(root, "." + Path.GetRandomFileName());
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"'{root}' is not writable: {error.Message} Use -Path with a folder that is, and set {NativeLibraries.DirectoryVariable} to it.", error);
        }
    }

    // The file of a package whose hash is right; a download checks it itself.
    private string Checked(TorchPackage package, string? path, string root, CancellationToken cancellation)
    {
        if (path is not null)
        {
            progress("Checking", 0, package.Bytes);
            package.Check(path);
            return path;
        }
        CheckSpace(root, package.Bytes);
        return PackageDownload.FromSources(options.Source, options.WorkingFolder, progress).Run(package, root, cancellation);
    }

    private RuntimeRecord Unpack(TorchPackage package, string path, string folder, CancellationToken cancellation)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        string natives = $"runtimes/{Platform.Rid}/native/";
        ZipArchiveEntry[] entries = [.. archive.Entries.Where(entry => entry.FullName.StartsWith(natives, StringComparison.Ordinal) && entry.FullName == natives + entry.Name && NeededFiles.Contains(entry.Name))];
        return Write(package.Version, package.Id, [.. entries.Select(entry => (entry.Name, entry.Length, (Func<Stream>)entry.Open))], folder, cancellation);
    }

    private RuntimeRecord CopyFiles(string from, string folder, CancellationToken cancellation)
    {
        var libTorch = new LibTorchFolder(from, LibTorchOrigin.Named);
        FileInfo[] files = [.. new DirectoryInfo(from).GetFiles().Where(file => NeededFiles.Contains(file.Name))];
        return Write(TorchSource.VersionOf(libTorch)!, from, [.. files.Select(file => (file.Name, Size(file), (Func<Stream>)file.OpenRead))], folder, cancellation);
    }

    // The length of a link is that of its text.
    private static long Size(FileInfo file) => file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;

    private RuntimeRecord Write(string version, string source, (string Name, long Bytes, Func<Stream> Open)[] files, string folder, CancellationToken cancellation)
    {
        long total = files.Sum(file => file.Bytes), done = 0;
        CheckSpace(folder, total);
        foreach (var (name, bytes, open) in files)
        {
            using Stream from = open();
            using FileStream to = new(Path.Combine(folder, name), FileMode.CreateNew);
            long before = done, copied = InstallSteps.Copy(from, to, now => progress("Extracting", before + now, total), cancellation);
            if (copied != bytes) throw new DataFormatException(source, $"{name} must have {bytes} bytes; got {copied}.");
            done += bytes;
        }
        if (new LibTorchFolder(folder, LibTorchOrigin.Installed).Missing is { } missing) throw new DataFormatException(source, $"libtorch is not complete; missing: {missing}.");
        return new RuntimeRecord(version, options.Device, source, [.. files.Select(file => file.Name).Order(StringComparer.Ordinal)]);
    }

    private static void CheckSpace(string folder, long bytes)
    {
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < bytes) throw new IOException($"The disk of '{folder}' is too full: {Megabytes(bytes)} MB are needed; {Megabytes(free)} MB are free.");
    }

    private static string Megabytes(long bytes) => Math.Ceiling(bytes / 1e6).ToString(CultureInfo.InvariantCulture);

    private static void Exchange(string temporary, string target)
    {
        if (!Directory.Exists(target))
        {
            SharedFiles.MoveFolder(temporary, target);
            return;
        }
        string old = temporary + ".old" + TemporarySuffix;
        MoveAway(target, old);
        try
        {
            SharedFiles.MoveFolder(temporary, target);
        }
        catch
        {
            SharedFiles.MoveFolder(old, target);
            throw;
        }
        TryDeleteFolder(old);
    }

    private static void MoveAway(string target, string away)
    {
        try
        {
            SharedFiles.MoveFolder(target, away);
        }
        catch (Exception error) when (SharedFiles.IsInUse(error))
        {
            throw new IOException($"The runtime in '{target}' is in use. Close the sessions that loaded it, and try again.", error);
        }
    }

    private static void TryDeleteFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next installation deletes it.
        }
    }

    private static void DeleteIfEmpty(string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }
}
