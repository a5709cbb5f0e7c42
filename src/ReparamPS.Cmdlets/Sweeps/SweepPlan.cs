using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>What a sweep would do.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">Runs in all; points that are the same count once.</param>
/// <param name="ToRun">Runs that would be run; with a strategy, those that it has not decided on.</param>
/// <param name="Done">Runs that are done, or were stopped before their full budget.</param>
/// <param name="Failed">Runs that failed, and would be left so.</param>
/// <param name="Running">Runs that another process is at.</param>
public sealed record SweepPlan(string Path, int Total, int ToRun, int Done, int Failed, int Running)
{
    /// <summary>With a strategy: its brackets' rungs, how many runs are at each and with which budget.</summary>
    public IReadOnlyList<RungPlan> Rungs { get; init; } = [];

    /// <summary>With a strategy: the most that the whole sweep costs with one worker, in units of the budget.</summary>
    public long? Cost { get; init; }

    /// <summary>With a strategy: what it would cost to give every run the full budget.</summary>
    public long? FullCost { get; init; }

    /// <summary>The plan in a sentence.</summary>
    internal string Describe()
    {
        string runs = $"Run {ToRun} of {Total} experiments ({Done} are done)";
        if (Cost is null) return runs;
        IEnumerable<string> brackets = Rungs.GroupBy(rung => rung.Bracket).Select(bracket => string.Join(" > ", bracket.Select(rung => $"{rung.Runs} x {rung.Budget}")));
        return $"{runs}, with a budget of at most {Cost} of {FullCost} in all: {string.Join("; ", brackets)}";
    }

    internal static SweepPlan Of(SweepFolder folder, IReadOnlyList<RunSpec> runs, SweepSchedule? schedule, SweepOptions options)
    {
        SweepCounts counts = folder.Count(runs, schedule);
        int failures = counts.Failed + counts.TimedOut + counts.OutOfMemory;
        int again = counts.Died + (options.Retry > 0 ? failures : 0);
        int toRun = Math.Min(counts.Pending + again, options.MaxRuns ?? int.MaxValue);
        var plan = new SweepPlan(folder.Path, counts.Total, toRun, counts.Done + counts.Pruned, options.Retry > 0 ? 0 : failures, counts.Running);
        if (schedule is null) return plan;
        IReadOnlyList<RungPlan> rungs = BracketDesign.Plan(schedule.Brackets(), schedule.Options);
        return plan with { Rungs = rungs, Cost = rungs.Sum(rung => rung.Cost), FullCost = (long)runs.Count * schedule.Options.MaxBudget };
    }
}
