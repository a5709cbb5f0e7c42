using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>
/// Freed memory of tensors, on Linux. The allocator of glibc returns it to the system as soon as a few temporaries of some megabytes are freed. The next operation then has to fault
/// every page in again, which takes longer than many operations. This class lets the allocator keep more.
/// </summary>
internal static class FreedMemory
{
    private const int TrimThreshold = -1, MapThreshold = -3;

    // The largest that glibc allows: tensors above it go back to the system at once.
    private const int LargestKept = 32 << 20;

    // A dozen temporaries of a million float64 numbers.
    private const int MostKept = 128 << 20;

    /// <summary>Lets the allocator keep freed memory, unless the environment sets its thresholds.</summary>
    /// <returns>Whether the allocator accepted it; false on other systems and C libraries.</returns>
    public static bool Keep()
    {
        if (!OperatingSystem.IsLinux() || IsSetByUser) return false;
        try
        {
            return SetOption(MapThreshold, LargestKept) == 1 && SetOption(TrimThreshold, MostKept) == 1;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether the environment sets the thresholds.</summary>
    public static bool IsSetByUser => new[] { "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "GLIBC_TUNABLES" }.Any(name => Environment.GetEnvironmentVariable(name) is not null);

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, int value);
}
