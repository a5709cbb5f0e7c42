namespace ReparamPS.Native;

/// <summary>One native library that tensors need.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Loaded">Whether it is in this process.</param>
/// <param name="Version">Its version, if it states one.</param>
/// <param name="Path">The file that is loaded, or that would be.</param>
/// <param name="Problem">Why it is not loaded.</param>
public sealed record TorchLibrary(string Name, bool Loaded, string? Version, string? Path, string? Problem)
{
    private const string OnDemand = "Loaded when it is needed.";
    private static readonly string[] Nvidia = ["cudart", "cublas", "cublasLt", "cudnn", "cufft", "curand", "cusolver", "cusparse", "nvrtc", "nvJitLink"];

    /// <summary>Tries to load libtorch, and lists its libraries. It never throws for a library.</summary>
    public static IReadOnlyList<TorchLibrary> List()
    {
        string? problem = null;
        try
        {
            NativeLibraries.LoadTorch();
        }
        catch (NativeLibraryException error)
        {
            problem = error.Message;
        }
        return (NativeLibraries.Loaded?.Folder ?? LibTorchFolder.Choose()) is { } folder ? [.. Of(folder, problem)] : [new TorchLibrary("torch_cpu", false, null, null, problem)];
    }

    private static IEnumerable<TorchLibrary> Of(LibTorchFolder folder, string? problem)
    {
        string? version = NativeLibraries.Loaded?.Version ?? folder.StatedVersion;
        foreach (string name in folder.Required)
        {
            string? path = LoadedModules.Find(name);
            yield return new TorchLibrary(name, path is not null, version, path ?? folder.FileOf(name), path is not null ? null : folder.Has(name) ? problem ?? OnDemand : "The file does not exist.");
        }
        string? binding = LibTorch.FindBinding(folder);
        yield return new TorchLibrary("LibTorchSharp", NativeLibraries.IsTorchLoaded, typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3), binding, NativeLibraries.IsTorchLoaded ? null : binding is null ? "The file does not exist." : problem);
        if (!folder.IsCuda) yield break;
        foreach (string name in Nvidia)
        {
            string start = (OperatingSystem.IsWindows() ? "" : "lib") + name;
            // libcublas also starts the name of libcublasLt.
            string? path = LoadedModules.StartingWith(start).FirstOrDefault(each => !char.IsAsciiLetter(System.IO.Path.GetFileName(each)[start.Length]));
            yield return new TorchLibrary(name, path is not null, null, path, path is not null ? null : OnDemand);
        }
        (string? driverProblem, string? supported) = CudaDriver.Ask();
        yield return new TorchLibrary("NVIDIA driver", driverProblem is null, supported, LoadedModules.StartingWith(OperatingSystem.IsWindows() ? "nvcuda" : "libcuda.so").FirstOrDefault(), driverProblem);
    }
}
