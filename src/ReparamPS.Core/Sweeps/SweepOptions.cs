using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>How a sweep is run on this machine.</summary>
public sealed record SweepOptions
{
    /// <summary>How many worker processes run at a time.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>Threads of each worker. One by default: sums come out the same whatever the number of workers.</summary>
    public int ThreadsPerWorker { get; init; } = 1;

    /// <summary>How often a run that fails is tried again.</summary>
    public int Retry { get; init; }

    /// <summary>How many runs are started at most; null for all.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>How long runs are started; those under way then end as usual.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>How long a run may take.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a run that is under way when the sweep is stopped has to keep what it has. None by default: Ctrl+C ends a sweep at once.</summary>
    public TimeSpan StopGrace { get; init; }

    /// <summary>How much memory a worker may take, in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Whether the first failure ends the sweep.</summary>
    public bool StopOnFailure { get; init; }

    /// <summary>The devices that workers use in turn; empty leaves it to the settings.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>What stops runs that do worse than others; null lets all go on to their end.</summary>
    public MedianPruner? Pruner { get; init; }

    /// <summary>Whether a run that ended so is run again.</summary>
    public bool IsTriedAgain(RunResult result) => result.IsFailure && (Retry > 0 || result.Status == RunStatus.Died);
}
