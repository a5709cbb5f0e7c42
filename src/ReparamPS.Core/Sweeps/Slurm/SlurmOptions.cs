namespace ReparamPS.Sweeps.Slurm;

/// <summary>What a sweep requests from Slurm.</summary>
public sealed record SlurmOptions
{
    /// <summary>The partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>Cores per task.</summary>
    public int CpusPerTask { get; init; } = 1;

    /// <summary>Memory per task, in MB; null for the cluster's default.</summary>
    public int? MemoryMB { get; init; }

    /// <summary>GPUs per task.</summary>
    public int GpusPerTask { get; init; }

    /// <summary>How long a task may take. A task that reaches its limit, or is preempted, is queued again and continues.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Number of tasks at a time.</summary>
    public int MaxParallel { get; init; } = 16;

    /// <summary>Whether to return once the job is submitted.</summary>
    public bool NoWait { get; init; }
}
