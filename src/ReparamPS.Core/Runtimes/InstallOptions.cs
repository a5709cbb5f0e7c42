using ReparamPS.Messages;
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
    public string Target => Folder is null ? Path.Combine(RuntimeFolders.Root(Scope), RuntimeFolders.NameOf(Device)) : Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder));

    /// <summary>Refuses what the installation would refuse before it writes anything: the folder, and a source that does not exist or holds no libtorch.</summary>
    /// <exception cref="ArgumentException">The folder or the source is none of those allowed.</exception>
    /// <exception cref="IOException">The source does not exist, or holds no libtorch.</exception>
    public void Check()
    {
        CheckTarget();
        if (!IsInstalled()) TorchSource.Find(this);
    }

    /// <summary>Whether there is nothing to do: the folder holds this runtime, and Force does not replace it.</summary>
    /// <exception cref="ArgumentException">The folder holds another runtime, or a part of one.</exception>
    public bool IsInstalled()
    {
        if (Force || RuntimeRecord.Read(Target) is not { } record) return false;
        if (record.Device != Device || !LibTorch.IsCompatible(record.Version))
            throw new ArgumentException($"'{ShortText.Of(Target)}' holds libtorch {ShortText.Of(record.Version)} for {record.Device}, not {LibTorch.RequiredVersion} for {Device}. Use -Force to replace it.");
        if ((new LibTorchFolder(Target, LibTorchOrigin.Installed).Missing ?? record.Files.FirstOrDefault(name => !File.Exists(Path.Combine(Target, name)))) is { } missing)
            throw new ArgumentException($"libtorch in '{ShortText.Of(Target)}' is not complete; missing: {ShortText.Of(missing)}. Use -Force to replace it.");
        return true;
    }

    /// <summary>Refuses a folder whose content the installation would delete.</summary>
    /// <exception cref="ArgumentException">It is the root of a disk, or it holds files that are not a runtime's.</exception>
    public void CheckTarget()
    {
        string target = Target;
        if (Path.GetDirectoryName(target) is null) throw new ArgumentException($"Path must not be the root of a disk; got {ShortText.Quoted(target)}.");
        if (File.Exists(target)) throw new ArgumentException($"Path must be a folder; '{ShortText.Of(target)}' is a file.");
        if (!Directory.Exists(target)) return;
        if (RuntimeRecord.Read(target) is not { } record)
        {
            if (Directory.EnumerateFileSystemEntries(target).Any()) throw new ArgumentException($"Path must be a new or empty folder, or an installed runtime; '{ShortText.Of(target)}' holds other files.");
        }
        else if (Force && record.OtherEntries(target).ToList() is { Count: > 0 } others)
        {
            throw new ArgumentException($"Force replaces a folder that holds nothing but a runtime; '{ShortText.Of(target)}' also holds {ShortText.List(others)}. Move everything but the runtime to another folder first.");
        }
    }
}
