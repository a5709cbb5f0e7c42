namespace ReparamPS.Sweeps;

/// <summary>What a sweep asks of a cluster's scheduler.</summary>
public sealed record SchedulerOptions
{
    /// <summary>The partition; null takes the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>Cores of each task.</summary>
    public int CpusPerTask { get; init; } = 1;

    /// <summary>Memory of each task, in MB; null takes the cluster's default.</summary>
    public int? MemoryMB { get; init; }

    /// <summary>GPUs of each task.</summary>
    public int GpusPerTask { get; init; }

    /// <summary>How long a task may take. A task that meets its limit, or is preempted, is queued again and goes on.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>How many tasks run at a time.</summary>
    public int MaxParallel { get; init; } = 16;
}
