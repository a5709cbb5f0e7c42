namespace ReparamPS.Sweeps.Store;

/// <summary>The number of a sweep's runs in each state.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">All runs.</param>
/// <param name="Pending">Runs that wait.</param>
/// <param name="Running">Runs that a live process executes.</param>
/// <param name="Done">Runs that are done.</param>
/// <param name="Pruned">Runs that were stopped before their full budget.</param>
/// <param name="Failed">Runs that threw or ended with an exit code.</param>
/// <param name="TimedOut">Runs that took too long.</param>
/// <param name="OutOfMemory">Runs that took too much memory.</param>
/// <param name="Died">Runs that lost their worker process.</param>
public sealed record SweepCounts(string Path, int Total, int Pending, int Running, int Done, int Pruned, int Failed, int TimedOut, int OutOfMemory, int Died)
{
    /// <summary>The states of a scheduler's tasks for the sweep; empty if there are none.</summary>
    public string Jobs { get; init; } = "";

    /// <summary>Counts states.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="states">The state of each run.</param>
    public static SweepCounts Of(string path, IEnumerable<RunStatus> states)
    {
        int[] counts = new int[Enum.GetValues<RunStatus>().Length];
        foreach (RunStatus state in states) counts[(int)state]++;
        return new SweepCounts(
            path, counts.Sum(), counts[(int)RunStatus.Pending], counts[(int)RunStatus.Running], counts[(int)RunStatus.Done], counts[(int)RunStatus.Pruned], counts[(int)RunStatus.Failed],
            counts[(int)RunStatus.TimedOut], counts[(int)RunStatus.OutOfMemory], counts[(int)RunStatus.Died]);
    }
}
