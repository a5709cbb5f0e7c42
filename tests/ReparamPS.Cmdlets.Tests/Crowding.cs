using System.Globalization;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>How busy the machine is. Limits of time hold for a free one; a busy one gets more.</summary>
internal static class Crowding
{
    /// <summary>How many processes that could run share a core now, at least one.</summary>
    public static double Factor() => File.Exists("/proc/loadavg")
        ? Math.Max(1, double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) / Environment.ProcessorCount)
        : 1;
}
