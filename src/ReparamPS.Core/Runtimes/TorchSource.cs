using ReparamPS.Native;
using ReparamPS.Messages;

namespace ReparamPS.Runtimes;

/// <summary>Where libtorch comes from.</summary>
/// <param name="Package">The package; null for a folder of libtorch.</param>
/// <param name="Path">The package's file, or the folder of libtorch; null if the package is to be downloaded.</param>
internal sealed record TorchSource(TorchPackage? Package, string? Path)
{
    /// <summary>Finds the source that the options name.</summary>
    /// <exception cref="ArgumentException">It is none of those allowed.</exception>
    /// <exception cref="FileNotFoundException">The folder has no libtorch.</exception>
    public static TorchSource Find(InstallOptions options)
    {
        if (options.Source is { } folder && Directory.Exists(folder) && new LibTorchFolder(folder, LibTorchOrigin.Named) is var libTorch && libTorch.Has("torch_cpu")) return FromFolder(libTorch, options.Device);
        TorchPackage package = options.Device == "cuda" ? CudaPackages.First : TorchPackage.ForCpu(Platform.Rid) ?? throw new PlatformNotSupportedException($"libtorch is available for {string.Join(", ", Platform.Supported)}; this process runs on {Platform.Rid}.");
        if (options.Source is null || !Directory.Exists(options.Source))
        {
            CheckFeed(options);
            return new TorchSource(package, null);
        }
        return new TorchSource(package, package.FindIn(options.Source)
            ?? throw new FileNotFoundException($"The folder '{ShortText.Of(options.Source)}' holds neither {package.FileName} nor libtorch ({Platform.FileName("torch_cpu")}). Give a folder that holds one of them, or leave out -Source to download libtorch."));
    }

    private static TorchSource FromFolder(LibTorchFolder folder, string device)
    {
        if (folder.Missing is { } missing) throw new FileNotFoundException($"libtorch in '{ShortText.Of(folder.Path)}' is not complete; missing: {missing}. Use a complete folder, or leave out -Source to download libtorch.");
        string? version = VersionOf(folder);
        if (version is null || !LibTorch.IsCompatible(version)) throw new ArgumentException($"Source must be libtorch {LibTorch.RequiredVersion}; '{ShortText.Of(folder.Path)}' {(version is null ? "states no version, in version.py or build-version of the folder above it" : $"has version {ShortText.Of(version)}")}. Use another folder, or leave out -Source to download libtorch.");
        if (device == "cuda" && !folder.IsCuda) throw new ArgumentException($"Source must be a CUDA build for Device Cuda; '{ShortText.Of(folder.Path)}' is a CPU build. Use another folder, or -Device Cpu.");
        if (device == "cpu" && folder.IsCuda) throw new ArgumentException($"Source must be a CPU build for Device Cpu; '{ShortText.Of(folder.Path)}' is a CUDA build. Use -Device Cuda.");
        // The CUDA libraries of a Python environment lie in other folders, which a copy would not find.
        if (folder.IsCuda && Directory.Exists(System.IO.Path.Combine(folder.Path, "..", "..", "nvidia")))
            throw new ArgumentException($"Source must hold all CUDA libraries, but '{ShortText.Of(folder.Path)}' needs some from other folders, which a copy would lack. Use this folder in place: set the environment variable {NativeLibraries.DirectoryVariable} to it.");
        return new TorchSource(null, folder.Path);
    }

    /// <summary>The version that a folder of libtorch states: a Python package, libtorch's own archive, a runtime of this module, or a staged build.</summary>
    internal static string? VersionOf(LibTorchFolder folder) =>
        folder.StatedVersion ?? RuntimeRecord.Read(folder.Path)?.Version ?? (LibTorchFolder.Known.Any(known => known.Origin == LibTorchOrigin.Staged && FinalPath.AreEqual(known.Path, folder.Path)) ? LibTorch.RequiredVersion : null);

    // No part of a path may be taken for the name of a source.
    private static void CheckFeed(InstallOptions options)
    {
        if (options.Source is not { } source) return;
        const string Allowed = "Source must be a folder, a URL or the name of a NuGet source";
        if (File.Exists(source))
            throw new ArgumentException($"{Allowed}; '{ShortText.Of(source)}' is a file.{(source.EndsWith(".nupkg", StringComparison.OrdinalIgnoreCase) ? " Give the folder that holds the package." : "")}", nameof(options.Source));
        if (source.Contains(Uri.SchemeDelimiter, StringComparison.Ordinal) && Uri.TryCreate(source, UriKind.Absolute, out _)) return;
        if (source.IndexOfAny(['/', '\\']) < 0) FilesAssembly.Get<IPackageFeed>().Check(source, options.WorkingFolder);
        else throw new DirectoryNotFoundException($"The folder '{ShortText.Of(source)}' does not exist.{(source.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? " A URL begins with http:// or https://." : "")}");
    }
}
