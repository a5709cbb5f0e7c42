using System.Globalization;

namespace ReparamPS.TorchGuard;

/// <summary>The memory that is available to this process: what the system can give without swapping, within the limits of its control groups.</summary>
public static class AvailableMemory
{
    /// <summary>The bytes that are available now.</summary>
    public static long Read() => OperatingSystem.IsLinux() ? Math.Min(OfRuntime(isUseKnown: true), OfLinux("/proc", "/sys/fs/cgroup")) : OfRuntime(isUseKnown: false);

    /// <summary>The bytes by the files of Linux; the largest number if there are none.</summary>
    /// <param name="proc">The folder of processes.</param>
    /// <param name="groups">The folder of control groups, of either version.</param>
    public static long OfLinux(string proc, string groups)
    {
        long least = Lines(Path.Combine(proc, "meminfo")).Where(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)).Select(line => Number(line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal)) * 1024 ?? long.MaxValue)
            .DefaultIfEmpty(long.MaxValue).First();
        foreach (string line in Lines(Path.Combine(proc, "self", "cgroup")))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3) continue;
            if (parts[1].Length == 0) least = Math.Min(least, OfGroups(groups, parts[2], "memory.max", "memory.current", "inactive_file"));
            else if (parts[1].Split(',').Contains("memory")) least = Math.Min(least, OfGroups(Path.Combine(groups, "memory"), parts[2], "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
        }
        return least;
    }

    // A group's limit holds for the groups below it. In a container, the path can be one of the host.
    private static long OfGroups(string root, string path, string limitFile, string usedFile, string reclaimable)
    {
        long least = long.MaxValue;
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int depth = 0; depth <= parts.Length; depth++)
        {
            string group = Path.Combine([root, .. parts[..depth]]);
            if (Number(Lines(Path.Combine(group, limitFile)).FirstOrDefault()) is not { } limit || Number(Lines(Path.Combine(group, usedFile)).FirstOrDefault()) is not { } used) continue;
            long cached = Lines(Path.Combine(group, "memory.stat")).Where(line => line.StartsWith(reclaimable + " ", StringComparison.Ordinal)).Select(line => Number(line[reclaimable.Length..]) ?? 0).FirstOrDefault();
            least = Math.Min(least, Math.Max(0, limit - Math.Max(0, used - cached)));
        }
        return least;
    }

    private static long OfRuntime(bool isUseKnown)
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        // Before the first collection, the load of the machine is 0.
        return isUseKnown ? memory.TotalAvailableMemoryBytes : Math.Max(0, memory.TotalAvailableMemoryBytes - Math.Max(memory.MemoryLoadBytes, Environment.WorkingSet));
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
