using System.ComponentModel;
using System.Diagnostics;

namespace ReparamPS.Sweeps.Store;

/// <summary>A process that can be told from a later one with the same number: host, number and start.</summary>
internal sealed record ProcessIdentity(string Host, int ProcessId, DateTime Started)
{
    // The start is counted from the machine's, whose clock may be corrected between two readings.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } = Of(Process.GetCurrentProcess());

    /// <summary>A process of this machine.</summary>
    public static ProcessIdentity Of(Process process) => new(Environment.MachineName, process.Id, process.StartTime.ToUniversalTime());

    /// <summary>Whether it is a process of this machine.</summary>
    public bool IsLocal => string.Equals(Host, Environment.MachineName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it, and no other of its number, is alive on this machine.</summary>
    public bool IsAlive()
    {
        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !process.HasExited && (process.StartTime.ToUniversalTime() - Started).Duration() < Tolerance;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // It is there, and its start is not ours to know.
            return true;
        }
    }
}
