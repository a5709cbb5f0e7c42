using System.Text.RegularExpressions;

namespace ReparamPS.Native;

/// <summary>Where a libtorch folder comes from. It decides what an error advises.</summary>
internal enum LibTorchOrigin
{
    /// <summary>The build staged it beside the module's assemblies.</summary>
    Staged,

    /// <summary>The environment variable names it.</summary>
    Named,

    /// <summary>Install-TorchRuntime put it there.</summary>
    Installed,
}

/// <summary>A folder that should hold libtorch.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Origin">Where it comes from.</param>
internal sealed partial record LibTorchFolder(string Path, LibTorchOrigin Origin)
{
    private static readonly string[] Cpu = ["c10", "torch_cpu", "torch"], Cuda = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch_cuda_linalg", "caffe2_nvrtc", "torch"];

    /// <summary>The folder to load from: the one that the environment variable names, otherwise a staged one, otherwise an installed one. Null if there is none.</summary>
    public static LibTorchFolder? Choose()
    {
        if (Environment.GetEnvironmentVariable(NativeLibraries.DirectoryVariable) is { Length: > 0 } named) return new LibTorchFolder(System.IO.Path.GetFullPath(named), LibTorchOrigin.Named);
        return Known.FirstOrDefault();
    }

    /// <summary>The staged and installed folders, in the order in which they are preferred.</summary>
    public static IEnumerable<LibTorchFolder> Known =>
    [
        .. NativeLibraries.Folders.Select(folder => new LibTorchFolder(folder, LibTorchOrigin.Staged)).Where(folder => folder.Has("torch_cpu") || folder.Has("torch")),
        .. RuntimeFolders.Usable.Select(folder => new LibTorchFolder(folder, LibTorchOrigin.Installed)),
    ];

    /// <summary>What to do if it cannot be used.</summary>
    public string Advice => Origin switch
    {
        LibTorchOrigin.Named => $"The environment variable {NativeLibraries.DirectoryVariable} names this path. Correct the variable or remove it, and start a new session.",
        LibTorchOrigin.Installed => "Run 'Install-TorchRuntime -Force' in a new session.",
        _ when IsCuda => "Close this session, delete that folder and the folders libtorch-cuda-* in NuGet's package folder (usually ~/.nuget/packages), and run 'dotnet build -p:TorchBackend=cuda' in the root of the ReparamPS repository.",
        _ => "Delete that folder and run 'dotnet build' in the root of the ReparamPS repository, in a new session.",
    };

    /// <summary>What to do for CUDA if it holds the CPU build.</summary>
    public string CudaAdvice => Origin switch
    {
        LibTorchOrigin.Named => $"The environment variable {NativeLibraries.DirectoryVariable} names this folder. Set it to the torch/lib folder of PyTorch {LibTorch.RequiredVersion} with CUDA, and start a new session.",
        LibTorchOrigin.Installed => "Run 'Install-TorchRuntime -Device Cuda', and start a new session.",
        _ => $"Build with 'dotnet build -p:TorchBackend=cuda', or set {NativeLibraries.DirectoryVariable} to the torch/lib folder of PyTorch {LibTorch.RequiredVersion} with CUDA. Then start a new session.",
    };

    /// <summary>Whether it holds a CUDA build.</summary>
    public bool IsCuda => Has("torch_cuda");

    /// <summary>The libraries that must be there, by name, in the order in which they load.</summary>
    public IReadOnlyList<string> Required => !IsCuda ? Cpu : OperatingSystem.IsWindows() ? [.. Cuda.Except(["torch_cuda_linalg"])] : Cuda;

    /// <summary>
    /// The libraries to load before the binding. torch_cuda comes first on every system: the binding does not import it on Windows, and libtorch counts its devices
    /// once, at the first backward pass. torch_cuda_linalg and caffe2_nvrtc are left to libtorch, which loads them when it needs them.
    /// </summary>
    public IEnumerable<string> LoadedFirst => Required.Except(["torch_cuda_linalg", "caffe2_nvrtc"]);

    /// <summary>The files that are missing, separated by commas; null if it is complete.</summary>
    public string? Missing => Required.Where(name => !Has(name)).Select(Platform.FileName).ToArray() is { Length: > 0 } files ? string.Join(", ", files) : null;

    /// <summary>Why the folder cannot be used, as a sentence; null if it is there and complete.</summary>
    public string? Problem => File.Exists(Path) ? $"'{Path}' is a file, not a folder."
        : !Directory.Exists(Path) ? $"The folder '{Path}' does not exist."
        : Missing is { } missing ? $"libtorch in '{Path}' is not complete; missing: {missing}."
        : null;

    /// <summary>The version that the files beside the libraries state, of a Python package or of the distribution; null if they state none.</summary>
    public string? StatedVersion
    {
        get
        {
            string parent = System.IO.Path.GetDirectoryName(System.IO.Path.TrimEndingDirectorySeparator(Path)) ?? Path;
            string python = System.IO.Path.Combine(parent, "version.py"), distribution = System.IO.Path.Combine(parent, "build-version");
            if (File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match) return match.Groups[1].Value;
            return File.Exists(distribution) ? File.ReadAllText(distribution).Trim() : null;
        }
    }

    /// <summary>The full path of a library in this folder, which need not exist.</summary>
    public string FileOf(string name) => System.IO.Path.Combine(Path, Platform.FileName(name));

    /// <summary>Whether a library is in this folder.</summary>
    public bool Has(string name) => File.Exists(FileOf(name));

    [GeneratedRegex(@"__version__\s*(?::\s*\w+\s*)?=\s*'([^']+)'", RegexOptions.CultureInvariant)]
    private static partial Regex PythonVersion();
}
