using ReparamPS.Sweeps;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>What a sweep would do.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">Runs in all; points that are the same count once.</param>
/// <param name="ToRun">Runs that would be run.</param>
/// <param name="Done">Runs that are done.</param>
/// <param name="Failed">Runs that failed, and would be left so.</param>
/// <param name="Running">Runs that another process is at.</param>
public sealed record SweepPlan(string Path, int Total, int ToRun, int Done, int Failed, int Running)
{
    internal static SweepPlan Of(SweepFolder folder, IReadOnlyList<RunSpec> runs, SweepOptions options)
    {
        SweepCounts counts = folder.Count(runs);
        int failures = counts.Failed + counts.TimedOut + counts.OutOfMemory;
        int again = counts.Died + (options.Retry > 0 ? failures : 0);
        int toRun = Math.Min(counts.Pending + again, options.MaxRuns ?? int.MaxValue);
        return new SweepPlan(folder.Path, counts.Total, toRun, counts.Done, options.Retry > 0 ? 0 : failures, counts.Running);
    }
}
