using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// The boot of this machine and the starts of its processes, in numbers that stay when the clock is set. Linux: the kernel's boot id with the PID namespace, and clock ticks since the boot. Windows: the creation
/// time, which the system records once. macOS: the kernel's boot session, and the monotonic clock.
/// </summary>
internal static class ProcessClock
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id", NamespaceLink = "/proc/self/ns/pid";

    /// <summary>This boot of this machine.</summary>
    public static string Boot { get; } = ReadBoot();

    /// <summary>How far two readings of one start may lie apart, in ticks.</summary>
    public static long Tolerance => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? 0 : TimeSpan.TicksPerSecond;

    /// <summary>When a process of this machine started; null if it has ended.</summary>
    public static long? StartTicks(Process process)
    {
        if (OperatingSystem.IsLinux()) return LinuxTicks(process.Id);
        if (OperatingSystem.IsWindows()) return process.StartTime.ToUniversalTime().Ticks;
        // .NET computes a start from the process's age and the clock of now; the age comes from the monotonic clock.
        TimeSpan age = DateTime.UtcNow - process.StartTime.ToUniversalTime();
        return Stopwatch.GetElapsedTime(0).Ticks - age.Ticks;
    }

    private static long? LinuxTicks(int id)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            // The second field, the program's name in parentheses, may hold spaces and parentheses. The start is field 22.
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ReadBoot()
    {
        try
        {
            // Containers of one machine share a boot, and do not see each other's processes.
            if (OperatingSystem.IsLinux()) return $"{File.ReadAllText(BootFile).Trim()} {new FileInfo(NamespaceLink).LinkTarget}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A hardened machine hides it; its name has to do.
        }
        return MacBoot() ?? Environment.MachineName;
    }

    // On macOS the machine's name changes with its network.
    private static string? MacBoot()
    {
        if (!OperatingSystem.IsMacOS()) return null;
        byte[] text = new byte[64];
        nint size = text.Length;
        try
        {
            return SystemControl("kern.bootsessionuuid", text, ref size, 0, 0) == 0 && size > 1 ? Encoding.ASCII.GetString(text, 0, (int)size - 1) : null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libSystem.dylib", EntryPoint = "sysctlbyname", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SystemControl(string name, byte[] value, ref nint size, nint newValue, nint newSize);
}
