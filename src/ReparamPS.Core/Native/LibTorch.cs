using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>libtorch and its binding LibTorchSharp, loaded into this process.</summary>
/// <param name="Folder">The folder that libtorch was loaded from.</param>
/// <param name="BindingPath">The file of the binding.</param>
/// <param name="Version">The version that libtorch itself states.</param>
internal sealed record LibTorch(LibTorchFolder Folder, string BindingPath, string Version)
{
    private const string Binding = "LibTorchSharp";
    private const int NamedSymbols = 3;

    /// <summary>The version that the binding was built for, such as 2.10.0.</summary>
    public static string RequiredVersion { get; } = typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "LibTorchVersion").Value!;

    /// <summary>The file of the binding: beside libtorch, or the module's own. Null if there is none.</summary>
    public static string? FindBinding(LibTorchFolder folder) =>
        folder.Has(Binding) ? folder.FileOf(Binding) : NativeLibraries.Folders.Select(each => Platform.Find(each, Binding)).FirstOrDefault(path => path is not null);

    /// <summary>Loads libtorch from a folder.</summary>
    /// <exception cref="NativeLibraryException">It cannot be loaded; the message says what to do.</exception>
    public static LibTorch Load(LibTorchFolder folder)
    {
        string binding = FindBinding(folder) ?? throw new NativeLibraryException($"{Platform.FileName(Binding)} is missing. Run 'dotnet build' in the root of the ReparamPS repository, or install the module again.");
        CheckFiles(folder, binding);
        CheckNoOther(folder);
        try
        {
            // The package's library names Homebrew's OpenMP by its full path; a library loaded under that name takes its place.
            if (OperatingSystem.IsMacOS() && folder.Has("omp")) LibraryFile.Load(folder.FileOf("omp"));
            nint[] libraries = [.. folder.LoadedFirst.Select(name => LibraryFile.Load(folder.FileOf(name)))];
            string version = VersionOf(folder, libraries);
            if (folder.Origin == LibTorchOrigin.Named && OperatingSystem.IsLinux()) CheckSymbols(folder, binding, version, libraries);
            nint handle = LibraryFile.Load(binding);
            DllImportResolver resolve = (name, _, _) => name == Binding ? handle : 0;
            NativeLibrary.SetDllImportResolver(typeof(TorchGuard.Replacements).Assembly, resolve);
            NativeLibrary.SetDllImportResolver(typeof(TorchSharp.torch).Assembly, resolve);
            FreedMemory.Keep();
            return new LibTorch(folder, binding, version);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException($"libtorch in '{folder.Path}' cannot be loaded: {LibraryFile.Reason(error)}. {folder.Advice}", error);
        }
    }

    private static void CheckFiles(LibTorchFolder folder, string binding)
    {
        if (folder.Problem is { } problem) throw new NativeLibraryException($"{problem} {folder.Advice}");
        if (folder.Origin == LibTorchOrigin.Named && folder.StatedVersion is { } stated) CheckVersion(folder, stated);
        if (OperatingSystem.IsLinux() && folder.Required.Select(folder.FileOf).Append(binding).FirstOrDefault(file => !ElfFile.IsWhole(file)) is { } damaged)
            throw new NativeLibraryException($"libtorch in '{folder.Path}' cannot be loaded: {Path.GetFileName(damaged)} is truncated or not a library. {folder.Advice}");
    }

    /// <summary>Two copies of libtorch register their operators twice, which ends the process.</summary>
    private static void CheckNoOther(LibTorchFolder folder)
    {
        if (LoadedModules.Find("torch_cpu") is { } other && !FinalPath.AreEqual(other, folder.FileOf("torch_cpu")))
            throw new NativeLibraryException($"This process has loaded libtorch from '{Path.GetDirectoryName(other)}' already, so '{folder.Path}' cannot be used. Start a new session.");
    }

    private static void CheckVersion(LibTorchFolder folder, string version)
    {
        if (IsCompatible(version) || Environment.GetEnvironmentVariable(NativeLibraries.ForceVariable) == "1") return;
        throw new NativeLibraryException(
            $"libtorch in '{folder.Path}' has version {version}; ReparamPS needs {RequiredVersion}. Set {NativeLibraries.DirectoryVariable} to a folder with that version, or {NativeLibraries.ForceVariable}=1 to try this one.");
    }

    /// <summary>Whether a version differs from the required one in its third number only.</summary>
    internal static bool IsCompatible(string version) => version.StartsWith(RequiredVersion[..(RequiredVersion.LastIndexOf('.') + 1)], StringComparison.Ordinal);

    private static string VersionOf(LibTorchFolder folder, nint[] libraries)
    {
        string? version = folder.StatedVersion;
        if (libraries.Select(library => NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out nint export) ? export : 0).FirstOrDefault(export => export != 0) is not 0 and var function)
        {
            ulong packed = Marshal.GetDelegateForFunctionPointer<AbiVersion>(function)();
            string own = string.Create(CultureInfo.InvariantCulture, $"{packed >> 56}.{(packed >> 48) & 0xff}.{(packed >> 40) & 0xff}");
            // The files state the build as well: 2.10.0+cu128.
            if (version is null || !version.StartsWith(own, StringComparison.Ordinal)) version = own;
        }
        version ??= "unknown";
        if (folder.Origin == LibTorchOrigin.Named) CheckVersion(folder, version);
        return version;
    }

    private static void CheckSymbols(LibTorchFolder folder, string binding, string version, nint[] libraries)
    {
        string[] missing = [.. ElfFile.UnversionedImports(binding).Where(symbol => !libraries.Any(library => NativeLibrary.TryGetExport(library, symbol, out _)))];
        if (missing.Length == 0) return;
        throw new NativeLibraryException(
            $"libtorch {version} in '{folder.Path}' lacks {missing.Length} {(missing.Length == 1 ? "function" : "functions")} that {Binding} (for libtorch {RequiredVersion}) needs, such as {string.Join(", ", missing.Take(NamedSymbols))}. Use libtorch {RequiredVersion}, in a new session.");
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate ulong AbiVersion();
}
