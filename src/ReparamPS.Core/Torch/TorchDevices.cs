using System.Globalization;
using ReparamPS.Messages;
using ReparamPS.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Devices by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>, and <c>meta</c> (shapes without values, for tests).</summary>
public static class TorchDevices
{
    /// <summary>The names for tab completion.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "cuda", "cuda:0"];

    /// <summary>Whether a text has the form of a device's name. The device need not exist on this machine.</summary>
    public static bool IsName(string? name) => (name ?? "").Trim().ToLowerInvariant().Split(':') switch
    {
        ["cpu"] or ["meta"] or ["cuda"] => true,
        ["cuda", string index] => int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    /// <summary>The device with a name; the CPU for null.</summary>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="DeviceNotAvailableException">CUDA, or this CUDA device, is not available; the message says what is missing.</exception>
    public static Device Parse(string? name)
    {
        NativeLibraries.LoadTorch();
        string[] parts = (name ?? "cpu").Trim().ToLowerInvariant().Split(':');
        switch (parts)
        {
            case ["cpu"]: return CPU;
            case ["meta"]: return META;
            case ["cuda"]: return Cuda(0);
            case ["cuda", string index] when int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int number): return Cuda(number);
            default: throw new ArgumentException($"Device must be cpu, cuda or cuda:N (N = 0, 1, …); got {ShortText.Quoted(name)}.", "Device");
        }
    }

    private static Device Cuda(int index)
    {
        if (!cuda.is_available())
        {
            LibTorch libTorch = NativeLibraries.Loaded!;
            throw new DeviceNotAvailableException("CUDA is not available. " + (libTorch.Folder.IsCuda
                ? CudaDriver.Ask().Problem ?? $"libtorch {libTorch.Version} finds no GPU, although the NVIDIA driver does. If the environment variable CUDA_VISIBLE_DEVICES, which selects GPUs, is set, remove it or set it to the number of a GPU, and start a new session."
                : $"libtorch in '{libTorch.Folder.Path}' is the CPU build. {libTorch.Folder.CudaAdvice}")
                + " Get-TorchEnvironment -Library shows what was found. -Device cpu always works.");
        }
        int count = cuda.device_count();
        if (index >= count) throw new DeviceNotAvailableException($"Device must be cpu or {(count == 1 ? "cuda:0, the only GPU of this machine" : $"cuda:0 to cuda:{count - 1}")}; got cuda:{index}.");
        if (CudaDriver.DeviceProblem(index) is { } problem) throw new DeviceNotAvailableException($"{problem} -Device cpu always works.");
        InitializeDeviceType(DeviceType.CUDA);
        return new Device(DeviceType.CUDA, index);
    }
}
