using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace ReparamPS.Native;

/// <summary>For whom a runtime is installed.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum RuntimeScope
{
    /// <summary>For the current user.</summary>
    CurrentUser,

    /// <summary>For all users of this machine. It needs an administrator.</summary>
    AllUsers,
}

/// <summary>The folders in which Install-TorchRuntime puts libtorch: one per version, device and system.</summary>
public static class RuntimeFolders
{
    /// <summary>The file that a complete runtime holds. It is written last.</summary>
    internal const string RecordName = "runtime.json";

    /// <summary>The folder that holds the runtimes of a scope.</summary>
    /// <exception cref="DirectoryNotFoundException">The user has no home folder.</exception>
    public static string Root(RuntimeScope scope) => Find(scope) ?? throw new DirectoryNotFoundException("This user has no folder for application data. Set HOME or XDG_DATA_HOME, or use -Path.");

    /// <summary>The name of a runtime's folder.</summary>
    /// <param name="backend">cpu or cuda.</param>
    internal static string NameOf(string backend) => $"{LibTorch.RequiredVersion}-{backend}-{Platform.Rid}";

    /// <summary>The complete runtimes of all versions.</summary>
    internal static IEnumerable<(RuntimeScope Scope, string Path)> All =>
        from scope in Enum.GetValues<RuntimeScope>()
        let root = Find(scope)
        where root is not null && Directory.Exists(root)
        from folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal)
        where !Path.GetFileName(folder).StartsWith('.') && File.Exists(Path.Combine(folder, RecordName))
        select (scope, folder);

    /// <summary>The runtimes that this version of the module can load on this system; CUDA builds first, since they also run on the CPU.</summary>
    internal static IEnumerable<string> Usable => new[] { NameOf("cuda"), NameOf("cpu") }.SelectMany(name => All.Select(runtime => runtime.Path).Where(path => Path.GetFileName(path) == name));

    /// <summary>The folder that holds the runtimes of a scope; null if the user has no home folder.</summary>
    internal static string? Find(RuntimeScope scope)
    {
        string parent = scope == RuntimeScope.CurrentUser ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData)
            : OperatingSystem.IsMacOS() ? "/Library/Application Support"
            : "/usr/local/share";
        return parent.Length == 0 ? null : Path.Combine(parent, "ReparamPS", "torch");
    }
}
