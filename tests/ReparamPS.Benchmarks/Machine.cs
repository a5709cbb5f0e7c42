namespace ReparamPS.Benchmarks;

/// <summary>The machine that a benchmark runs on.</summary>
internal static class Machine
{
    /// <summary>The processor's name and its number of cores.</summary>
    public static string Cpu { get; } = $"{Model()}, {Environment.ProcessorCount} cores";

    private static string Model()
    {
        const string field = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? "unknown CPU";
    }
}
