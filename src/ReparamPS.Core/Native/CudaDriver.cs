using System.Globalization;
using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>Asks the NVIDIA driver, without libtorch, why CUDA cannot be used.</summary>
internal static class CudaDriver
{
    // CUDA 12 runs on every driver for CUDA 12.0; its libtorch has code for compute capability 7.5 and later.
    private const int RequiredCuda = 12000, RequiredCapability = 75;
    private const int Success = 0, NoDevice = 100;
    private const int MajorAttribute = 75, MinorAttribute = 76;

    private static string LibraryName => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";

    /// <summary>Why a CUDA build of libtorch finds no GPU, null if the driver is in order; and the version of CUDA that the driver supports, null without a driver.</summary>
    public static (string? Problem, string? SupportedVersion) Ask()
    {
        int supported = 0;
        if (!NativeLibrary.TryLoad(LibraryName, out nint driver) || Function<GetVersion>(driver, "cuDriverGetVersion")?.Invoke(ref supported) is not Success) return (Explain(null, Success), null);
        return (Explain(supported, Function<Initialize>(driver, "cuInit")?.Invoke(0) ?? Success, Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")), CudaVersion(supported));
    }

    /// <summary>Why a GPU cannot be used: it is too old; null if it can be.</summary>
    public static string? DeviceProblem(int index)
    {
        if (!NativeLibrary.TryLoad(LibraryName, out nint driver) || Function<GetAttribute>(driver, "cuDeviceGetAttribute") is not { } read) return null;
        int major = 0, minor = 0;
        return read(ref major, MajorAttribute, index) == Success && read(ref minor, MinorAttribute, index) == Success ? ExplainCapability(index, (10 * major) + minor) : null;
    }

    /// <summary>The sentence for what the driver reports.</summary>
    /// <param name="supported">The newest version of CUDA that it supports, such as 12080; null without a driver.</param>
    /// <param name="initialized">The result of its initialization.</param>
    /// <param name="visible">The environment variable CUDA_VISIBLE_DEVICES; null if it is not set.</param>
    internal static string? Explain(int? supported, int initialized, string? visible = null) => (supported, initialized) switch
    {
        (null, _) => $"The NVIDIA driver is missing: {LibraryName} was not found. Install the driver.",
        ( < RequiredCuda, _) => $"The NVIDIA driver is too old: it supports CUDA {CudaVersion(supported.Value)}; CUDA {CudaVersion(RequiredCuda)} (driver 525) or newer is needed.",
        (_, NoDevice) when visible is not null => $"The NVIDIA driver finds no GPU. The environment variable CUDA_VISIBLE_DEVICES, which selects GPUs, is {(visible.Length == 0 ? "empty" : $"'{visible}'")}. Remove it, or set it to the number of a GPU, and start a new session.",
        (_, NoDevice) => "The NVIDIA driver finds no GPU.",
        (_, not Success) => $"The NVIDIA driver cannot be initialized (CUDA error {initialized}). Restart the machine; if the error remains, install the driver again.",
        _ => null,
    };

    /// <summary>The sentence for a GPU's compute capability; null if it is new enough.</summary>
    internal static string? ExplainCapability(int index, int capability) => capability >= RequiredCapability
        ? null
        : $"cuda:{index} is too old: its compute capability is {capability / 10}.{capability % 10}; {RequiredCapability / 10}.{RequiredCapability % 10} (Turing) or newer is needed.";

    private static string CudaVersion(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}");

    private static T? Function<T>(nint library, string name) where T : Delegate =>
        NativeLibrary.TryGetExport(library, name, out nint export) ? Marshal.GetDelegateForFunctionPointer<T>(export) : null;

    private delegate int GetVersion(ref int version);

    private delegate int Initialize(uint flags);

    private delegate int GetAttribute(ref int value, int attribute, int device);
}
