using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>How to execute the runs of a sweep.</summary>
public sealed record SweepOptions
{
    /// <summary>Maximal number of runs at the same time.</summary>
    public int ThrottleLimit { get; init; } = Environment.ProcessorCount;

    /// <summary>Threads per worker. Default: 1, with which results do not depend on the number of workers.</summary>
    public int ThreadsPerWorker { get; init; } = 1;

    /// <summary>How often to retry a run that fails.</summary>
    public int Retry { get; init; }

    /// <summary>Maximal number of runs to start; null for all.</summary>
    public int? MaxRuns { get; init; }

    /// <summary>How long to start runs. Runs that have started then end as usual.</summary>
    public TimeSpan? TimeBudget { get; init; }

    /// <summary>How long a run may take.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long the current runs may save their state when the sweep is stopped. Default: zero, so that Ctrl+C ends a sweep at once.</summary>
    public TimeSpan StopGrace { get; init; }

    /// <summary>Memory limit of a worker, in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Whether the first failure ends the sweep.</summary>
    public bool StopOnFailure { get; init; }

    /// <summary>The devices that workers use in turn; empty leaves the choice to the settings.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Stops runs that do worse than others; null lets all finish.</summary>
    public MedianPruner? Pruner { get; init; }

    /// <summary>Which runs a worker executes together; null executes each alone.</summary>
    public RunBatching? Batching { get; init; }

    /// <summary>Exit codes, besides 0, with which a run counts as done.</summary>
    public IReadOnlyList<int> AllowedExitCodes { get; init; } = [];

    /// <summary>Whether to rerun a run that ended so.</summary>
    public bool IsRetried(RunResult result) => result.IsFailure && (Retry > 0 || result.Status == RunStatus.Died);

    /// <summary>Whether a run is left to execute.</summary>
    public bool IsLeft(RunRow run) => run.Result is null || IsRetried(run.Result);
}
