using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace ReparamPS.Sweeps.Store;

/// <summary>A process, distinguished from any other that has had or will have its number.</summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="ProcessId">The process's number.</param>
/// <param name="Started">When it started (UTC), as the machine's clock said then.</param>
/// <param name="Boot">The machine's boot, which no clock step changes; null in files of version 0.1.</param>
/// <param name="StartTicks">When it started, in ticks that no clock step changes; null in files of version 0.1.</param>
internal sealed record ProcessIdentity(string Host, int ProcessId, DateTime Started, string? Boot = null, long? StartTicks = null)
{
    // Without ticks, the start is computed from the clock, which may have been corrected in between.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Process.GetCurrentProcess());

    /// <summary>A process of this machine.</summary>
    public static ProcessIdentity Of(Process process) =>
        new(Environment.MachineName, process.Id, process.StartTime.ToUniversalTime(), ProcessClock.Boot, ProcessClock.StartTicks(process));

    /// <summary>Whether this machine can tell if it is alive. The name of a machine may change or be another's too, so its boot decides.</summary>
    [JsonIgnore]
    public bool IsLocal => Boot is null ? string.Equals(Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase) : Boot == ProcessClock.Boot;

    /// <summary>Whether it, and not another process with its number, is alive on this machine.</summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            if (process.HasExited) return false;
            return StartTicks is { } known
                ? ProcessClock.StartTicks(process) is { } ticks && Math.Abs(ticks - known) <= ProcessClock.Tolerance
                : (process.StartTime.ToUniversalTime() - Started).Duration() < Tolerance;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // It exists, but its start is not readable for this user.
            return true;
        }
    }
}
