using System.Reflection;
using System.Runtime.InteropServices;
using ReparamPS.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>The versions, threads and devices that tensors run on.</summary>
/// <param name="TorchSharp">Version of TorchSharp.</param>
/// <param name="LibTorch">Version that libtorch itself states.</param>
/// <param name="Backend">The build of libtorch: cpu, or cuda.</param>
/// <param name="Threads">Threads within an operation.</param>
/// <param name="InteropThreads">Threads between operations.</param>
/// <param name="Devices">The devices that -Device accepts on this machine, separated by commas.</param>
/// <param name="CudaAvailable">Whether CUDA can be used.</param>
/// <param name="CudaDeviceCount">The number of CUDA devices.</param>
/// <param name="LibraryPath">The file of libtorch.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="OperatingSystem">The operating system.</param>
public sealed record TorchEnvironment(
    string TorchSharp, string LibTorch, string Backend, int Threads, int InteropThreads, string Devices,
    bool CudaAvailable, int CudaDeviceCount, string LibraryPath, string Runtime, string OperatingSystem)
{
    /// <summary>Loads libtorch and describes it.</summary>
    /// <exception cref="NativeLibraryException">libtorch cannot be loaded.</exception>
    public static TorchEnvironment Read()
    {
        NativeLibraries.LoadTorch();
        LibTorch libTorch = NativeLibraries.Loaded!;
        bool available = cuda.is_available();
        int count = available ? cuda.device_count() : 0;
        Assembly torchSharp = typeof(torch).Assembly;
        string version = torchSharp.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? torchSharp.GetName().Version!.ToString();
        return new TorchEnvironment(
            version,
            libTorch.Version,
            libTorch.Folder.IsCuda ? "cuda" : "cpu",
            get_num_threads(),
            get_num_interop_threads(),
            string.Join(", ", Enumerable.Range(0, count).Select(index => $"cuda:{index}").Prepend("cpu")),
            available,
            count,
            libTorch.Folder.FileOf("torch_cpu"),
            RuntimeInformation.FrameworkDescription,
            RuntimeInformation.OSDescription);
    }
}
