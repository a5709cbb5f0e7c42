using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Torch;

/// <summary>
/// Whether numbers of tensors may be read and written in place, since they lie in the host's memory. Elsewhere, reading waits for the device, and the code takes ways that do not.
/// </summary>
internal static class HostMemory
{
    [ThreadStatic] private static bool isHidden;

    /// <summary>Whether a tensor lies in the host's memory.</summary>
    public static bool Holds(Tensor tensor) => Holds(tensor.device_type);

    /// <summary>Whether tensors of a device lie in the host's memory.</summary>
    public static bool Holds(DeviceType device) => device == DeviceType.CPU && !isHidden;

    /// <summary>Until disposed, this thread takes the ways of another device for tensors on the CPU. Tests run those ways with it, on machines without such a device.</summary>
    public static IDisposable Hide()
    {
        isHidden = true;
        return new Hiding();
    }

    private sealed class Hiding : IDisposable
    {
        public void Dispose() => isHidden = false;
    }
}
