using System.Diagnostics;

namespace ReparamPS.Benchmarks;

/// <summary>What a task takes, in milliseconds: on the clock, and of processors' time.</summary>
internal sealed record Cost(double Wall, double Processor)
{
    /// <summary>Runs a task once.</summary>
    public static Cost Of(Action task)
    {
        TimeSpan work = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        task();
        return new Cost(clock.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - work).TotalMilliseconds);
    }

    /// <summary>The median of times on the clock; NaN where there are none.</summary>
    public static double MedianWall(IEnumerable<Cost> costs)
    {
        double[] sorted = [.. costs.Select(cost => cost.Wall).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
