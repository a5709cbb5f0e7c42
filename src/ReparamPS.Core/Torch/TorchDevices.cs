using System.Globalization;
using ReparamPS.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>Devices by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>, and <c>meta</c> (shapes without values, for tests).</summary>
public static class TorchDevices
{
    /// <summary>The names that a user may complete.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cpu", "cuda", "cuda:0"];

    /// <summary>The device of a name; the CPU for null.</summary>
    /// <exception cref="ArgumentException">The name is none of the allowed ones.</exception>
    /// <exception cref="DeviceNotAvailableException">CUDA, or that CUDA device, isn't there; the message says what is missing.</exception>
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
            default: throw new ArgumentException($"Device '{name}' is unknown: allowed are cpu, cuda and cuda:N (N = 0, 1, …).", nameof(name));
        }
    }

    private static Device Cuda(int index)
    {
        if (!cuda.is_available())
        {
            throw new DeviceNotAvailableException(
                "CUDA is not available: it needs an NVIDIA GPU with its driver, and ReparamPS built with 'dotnet build -p:TorchBackend=cuda' "
                + "(this libtorch is the CPU build unless you did so). Get-TorchEnvironment shows what was found; -Device cpu always works.");
        }
        int count = cuda.device_count();
        if (index >= count) throw new DeviceNotAvailableException($"CUDA device {index} is not there: this machine has {count} (cuda:0 to cuda:{count - 1}).");
        InitializeDeviceType(DeviceType.CUDA);
        return new Device(DeviceType.CUDA, index);
    }
}
