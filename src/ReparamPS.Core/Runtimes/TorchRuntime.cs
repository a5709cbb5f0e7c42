using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>A libtorch on this machine.</summary>
/// <param name="Version">Its version, if known without loading it.</param>
/// <param name="Device">cpu or cuda: the devices that it serves.</param>
/// <param name="Kind">Staged by the build, Installed, or Named by the environment variable.</param>
/// <param name="Scope">For whom it is installed; null if it was not installed.</param>
/// <param name="Selected">Whether this session uses it, or would use it.</param>
/// <param name="SizeMB">The size of its files in megabytes.</param>
/// <param name="Path">Its folder.</param>
public sealed record TorchRuntime(string? Version, string Device, string Kind, string? Scope, bool Selected, double SizeMB, string Path)
{
    /// <summary>Why the folder that the environment variable names cannot be used, with advice; null if it can, or if the variable is not set.</summary>
    public static string? Warning() => LibTorchFolder.Choose() is { Origin: LibTorchOrigin.Named, Problem: { } problem } named ? $"{problem} {named.Advice}" : null;

    /// <summary>Lists the runtimes: the one that the environment variable names, the staged one and the installed ones.</summary>
    public static IReadOnlyList<TorchRuntime> List()
    {
        LibTorchFolder? chosen = NativeLibraries.Loaded?.Folder ?? LibTorchFolder.Choose();
        IEnumerable<LibTorchFolder> folders = LibTorchFolder.Known.Concat(RuntimeFolders.All.Select(runtime => new LibTorchFolder(runtime.Path, LibTorchOrigin.Installed)));
        if (chosen is not null) folders = folders.Prepend(chosen);
        return [.. folders.DistinctBy(folder => folder.Path).Where(folder => folder.Required.Any(folder.Has)).Select(folder => Of(folder, folder.Path == chosen?.Path))];
    }

    /// <summary>Describes an installed runtime.</summary>
    internal static TorchRuntime Installed(string path) => List().FirstOrDefault(runtime => runtime.Path == path) ?? Of(new LibTorchFolder(path, LibTorchOrigin.Installed), isSelected: false);

    private static TorchRuntime Of(LibTorchFolder folder, bool isSelected)
    {
        string[] files = [.. Directory.GetFiles(folder.Path).Where(file => NeededFiles.Contains(System.IO.Path.GetFileName(file)))];
        RuntimeScope? scope = RuntimeFolders.All.Where(runtime => runtime.Path == folder.Path).Select(runtime => (RuntimeScope?)runtime.Scope).FirstOrDefault();
        string? version = (isSelected ? NativeLibraries.Loaded?.Version : null) ?? TorchSource.VersionOf(folder);
        return new TorchRuntime(
            version, folder.IsCuda ? "cuda" : "cpu", folder.Origin.ToString(), scope?.ToString(), isSelected, Math.Round(files.Sum(file => new FileInfo(file).Length) / 1e6, 1), folder.Path);
    }
}
