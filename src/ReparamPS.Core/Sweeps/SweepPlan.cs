using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>What a sweep would do.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">All runs; equal points count once.</param>
/// <param name="ToRun">Runs to execute; with a strategy, the undecided runs.</param>
/// <param name="Done">Runs that are done, or were stopped before their full budget.</param>
/// <param name="Failed">Runs that failed and would stay so.</param>
/// <param name="Running">Runs that another process executes.</param>
public sealed record SweepPlan(string Path, int Total, int ToRun, int Done, int Failed, int Running)
{
    /// <summary>With a strategy: the rungs of its brackets, with the number of runs and the budget of each.</summary>
    public IReadOnlyList<RungPlan> Rungs { get; init; } = [];

    /// <summary>With a strategy: the maximal cost of the whole sweep with one worker, in units of the budget.</summary>
    public long? Cost { get; init; }

    /// <summary>With a strategy: the cost of the full budget for every run.</summary>
    public long? FullCost { get; init; }

    /// <summary>The plan of a sweep.</summary>
    public static SweepPlan Of(SweepFolder folder, SweepWork work)
    {
        SweepCounts counts = folder.Count(work.Runs, work.Schedule);
        bool isRetried = work.Options.Retry > 0;
        int failures = counts.Failed + counts.TimedOut + counts.OutOfMemory;
        int toRun = Math.Min(counts.Pending + counts.Died + (isRetried ? failures : 0), work.Options.MaxRuns ?? int.MaxValue);
        var plan = new SweepPlan(folder.Path, counts.Total, toRun, counts.Done + counts.Pruned, isRetried ? 0 : failures, counts.Running);
        if (work.Schedule is not { } schedule) return plan;
        IReadOnlyList<RungPlan> rungs = BracketDesign.Plan(schedule.Brackets(), schedule.Options);
        return plan with { Rungs = rungs, Cost = rungs.Sum(rung => rung.Cost), FullCost = (long)work.Runs.Count * schedule.Options.MaxBudget };
    }

    /// <summary>The plan as a sentence.</summary>
    public string Describe()
    {
        string runs = $"Run {ToRun} of {Total} experiments ({Done} are done)";
        if (Cost is null) return runs;
        IEnumerable<string> brackets = Rungs.GroupBy(rung => rung.Bracket).Select(bracket => string.Join(" > ", bracket.Select(rung => $"{rung.Runs} x {rung.Budget}")));
        return $"{runs}, with a total budget of at most {Cost} instead of {FullCost}: {string.Join("; ", brackets)}";
    }
}
