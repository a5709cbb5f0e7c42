using System.Security.Cryptography;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>
/// Installs libtorch. A runtime appears complete or not at all: it is written under a temporary name next to its folder and renamed at the end. A lock file lets one installation work at a time.
/// </summary>
/// <param name="options">What to install, and where.</param>
/// <param name="progress">Reports how far it is.</param>
/// <param name="warn">Receives what the user should know.</param>
public sealed class TorchInstaller(InstallOptions options, InstallProgress progress, Action<string>? warn = null)
{
    private const string LockName = ".reparamps-torch.lock", TemporarySuffix = ".reparamps.tmp";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);
    private string stage = "";

    /// <summary>Installs, unless the runtime is installed already.</summary>
    /// <exception cref="ArgumentException">The source is none of those allowed.</exception>
    /// <exception cref="DataFormatException">A package is not the known one.</exception>
    /// <exception cref="IOException">The disk is full, the folder is not writable, or the download broke.</exception>
    public TorchRuntime Install(CancellationToken cancellation)
    {
        string target = options.Target, root = Path.GetDirectoryName(target)!;
        options.CheckTarget();
        if (options.IsInstalled()) return TorchRuntime.Installed(target);
        TorchSource source = TorchSource.Find(options);
        Prepare(root);
        using FileLock held = Hold(root, progress, cancellation);
        // Another session may have installed it meanwhile.
        if (options.IsInstalled()) return TorchRuntime.Installed(target);
        foreach (string leftover in Directory.GetDirectories(root, $".{Path.GetFileName(target)}.*{TemporarySuffix}")) TryDeleteFolder(leftover);
        string temporary = Path.Combine(root, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{TemporarySuffix}");
        try
        {
            Directory.CreateDirectory(temporary);
            if (source.Package is not { } package)
            {
                CopyFiles(source.Path!, temporary, cancellation).Write(temporary);
                Exchange(temporary, target);
            }
            else
            {
                var supply = new PackageSupply(options, root, Report);
                Unpack(package, Packages(package, supply, cancellation), temporary, cancellation).Write(temporary);
                Exchange(temporary, target);
                supply.Downloaded.ForEach(SharedFiles.TryDelete);
                if (supply.UnknownCount > 0)
                    warn?.Invoke($"The source '{ShortText.Of(options.Source!)}' holds {supply.UnknownCount} {(supply.UnknownCount == 1 ? "package" : "packages")} that could not be checked, because the module does not know {(supply.UnknownCount == 1 ? "its hash. Its" : "their hashes. Their")} libraries are code that your sessions run: use only packages whose origin you trust.");
            }
        }
        catch
        {
            TryDeleteFolder(temporary);
            throw;
        }
        return TorchRuntime.Installed(target);
    }

    /// <summary>Refuses a folder that is not an installed runtime.</summary>
    /// <exception cref="ArgumentException">The folder is not an installed runtime.</exception>
    public static void CheckInstalled(string folder) => RecordOf(Path.GetFullPath(folder));

    /// <summary>Removes an installed runtime, and the folders around it if they are empty then. Other files in its folder stay.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Reports that it waits for another installation.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentException">The folder is not an installed runtime.</exception>
    public static void Uninstall(string folder, InstallProgress progress, CancellationToken cancellation)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), root = Path.GetDirectoryName(target)!;
        CheckInstalled(target);
        string away = Path.Combine(root, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{TemporarySuffix}");
        using (Hold(root, progress, cancellation))
        {
            // Another session may have replaced or removed it meanwhile.
            RuntimeRecord record = RecordOf(target);
            if (record.OtherEntries(target).Any())
            {
                DeleteOwnFiles(record, target);
            }
            else
            {
                MoveAway(target, away);
                Directory.Delete(away, recursive: true);
            }
            // Packages of downloads that broke.
            if (!Directory.EnumerateDirectories(root).Any()) foreach (string part in Directory.GetFiles(root, ".libtorch-*.nupkg")) SharedFiles.TryDelete(part);
        }
        if (RuntimeRoots().Contains(root)) foreach (string parent in new[] { root, Path.GetDirectoryName(root)! }) DeleteIfEmpty(parent);
    }

    private static FileLock Hold(string root, InstallProgress progress, CancellationToken cancellation)
    {
        string path = Path.Combine(root, LockName);
        if (FileLock.TryTake(path) is { } free) return free;
        progress("Waiting for another installation", 0, 0);
        return FileLock.Take(path, Patience, cancellation);
    }

    private static RuntimeRecord RecordOf(string folder) => RuntimeRecord.Read(folder) ?? throw new ArgumentException(
        !Directory.Exists(folder) ? $"The folder '{ShortText.Of(folder)}' does not exist." : $"Only a runtime that Install-TorchRuntime installed can be removed; {(File.Exists(Path.Combine(folder, RuntimeFolders.RecordName)) ? $"the {RuntimeFolders.RecordName} in '{ShortText.Of(folder)}' is not a record of Install-TorchRuntime" : $"'{ShortText.Of(folder)}' has no {RuntimeFolders.RecordName}")}. Get-TorchRuntime lists the installed runtimes.");

    // The record goes last, so that what is left still counts as a runtime.
    private static void DeleteOwnFiles(RuntimeRecord record, string folder)
    {
        try
        {
            foreach (string name in record.Files.Append(RuntimeFolders.RecordName).Where(name => File.Exists(Path.Combine(folder, name)))) File.Delete(Path.Combine(folder, name));
        }
        catch (Exception error) when (SharedFiles.IsInUse(error))
        {
            throw InUse(folder, error);
        }
    }

    private static IOException InUse(string folder, Exception error) => new($"The runtime in '{ShortText.Of(folder)}' is in use. Close the sessions that loaded it, and try again.", error);

    private static IEnumerable<string> RuntimeRoots() => Enum.GetValues<RuntimeScope>().Select(RuntimeFolders.Find).OfType<string>();

    private static void Prepare(string root)
    {
        try
        {
            AtomicFile.CreateFolder(root);
            string probe = Path.Combine(root, "." + Path.GetRandomFileName());
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnauthorizedAccessException($"'{ShortText.Of(root)}' is not writable: {error.Message} Give a writable folder as -Path, and set the environment variable {NativeLibraries.DirectoryVariable} to it.", error);
        }
    }

    // The package itself, or for CUDA those that it names.
    private List<string> Packages(TorchPackage package, PackageSupply supply, CancellationToken cancellation)
    {
        try
        {
            string first = supply.Get(package, cancellation);
            if (options.Device == "cpu") return [first];
            List<string> paths = [];
            IReadOnlyList<TorchPackage> parts = CudaPackages.DependenciesOf(package, first);
            foreach (TorchPackage part in parts)
            {
                stage = $"Package {paths.Count + 1} of {parts.Count}: ";
                paths.Add(supply.Get(part, cancellation));
            }
            return paths;
        }
        catch (IOException error) when (options.Device == "cuda" && error.GetType() == typeof(IOException))
        {
            throw new IOException($"{error.Message} If you cannot get the packages, set the environment variable {NativeLibraries.DirectoryVariable} to the torch/lib folder of PyTorch {LibTorch.RequiredVersion} with CUDA.", error);
        }
        finally
        {
            stage = "";
        }
    }

    private void Report(string activity, long done, long total) => progress(stage + activity, done, total);

    private RuntimeRecord Unpack(TorchPackage package, IReadOnlyList<string> paths, string folder, CancellationToken cancellation)
    {
        using var files = new PackageFiles(paths);
        return Write(package.Version, package.Id, [.. files.All()], folder, cancellation);
    }

    private RuntimeRecord CopyFiles(string from, string folder, CancellationToken cancellation)
    {
        var libTorch = new LibTorchFolder(from, LibTorchOrigin.Named);
        FileInfo[] files = [.. new DirectoryInfo(from).GetFiles().Where(file => NeededFiles.Contains(file.Name))];
        return Write(TorchSource.VersionOf(libTorch)!, from, [.. files.Select(file => new RuntimeFile(file.Name, Size(file), [file.OpenRead]))], folder, cancellation);
    }

    // The length of a link is that of its text.
    private static long Size(FileInfo file) => file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : file.Length;

    private RuntimeRecord Write(string version, string source, RuntimeFile[] files, string folder, CancellationToken cancellation)
    {
        long total = files.Sum(file => file.Bytes), done = 0;
        FreeSpace.Require(folder, total);
        foreach (RuntimeFile file in files)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var to = new FileStream(Path.Combine(folder, file.Name), FileMode.CreateNew))
            {
                foreach (Func<Stream> open in file.Open)
                {
                    using Stream from = open();
                    long before = done + to.Position;
                    InstallSteps.Copy(from, to, now => progress("Extracting", before + now, total), cancellation, file.Sha256 is null ? null : hash);
                }
                if (to.Position != file.Bytes) throw new DataFormatException(source, $"{file.Name} must have {file.Bytes} bytes; got {to.Position}. Download it again, or use another source.");
            }
            if (file.Sha256 is { } expected && Convert.ToHexString(hash.GetHashAndReset()) is var got && !string.Equals(got, expected, StringComparison.OrdinalIgnoreCase))
                throw new DataFormatException(source, $"the SHA-256 hash of {file.Name}, joined from {file.Open.Count} parts, must be {ShortText.Of(expected)}; got {got.ToLowerInvariant()}. A part is missing or damaged. Download the packages again.");
            done += file.Bytes;
        }
        if (new LibTorchFolder(folder, LibTorchOrigin.Installed).Missing is { } missing) throw new DataFormatException(source, $"this package does not hold all of libtorch, PyTorch's native library; missing: {missing}. Download it again, or use another source.");
        return new RuntimeRecord(version, options.Device, source, [.. files.Select(file => file.Name).Order(StringComparer.Ordinal)]);
    }

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
            throw InUse(target, error);
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
