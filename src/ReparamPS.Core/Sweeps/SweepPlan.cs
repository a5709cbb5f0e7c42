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

    /// <summary>The plan of a sweep's parts, which are executed one after the other.</summary>
    public static SweepPlan Of(SweepFolder folder, IReadOnlyList<SweepWork> parts)
    {
        SweepPlan[] plans = [.. parts.Select(part => Of(folder, part))];
        if (plans.Length == 1) return plans[0];
        List<RungPlan> rungs = [];
        foreach (SweepPlan plan in plans)
        {
            int brackets = rungs.Count == 0 ? 0 : rungs[^1].Bracket;
            rungs.AddRange(plan.Rungs.Select(rung => rung with { Bracket = brackets + rung.Bracket }));
        }
        // Epochs and steps have no sum.
        bool hasOneUnit = parts.Select(part => part.Schedule?.Options.BudgetParameter).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Count() == 1;
        int toRun = Math.Min(plans.Sum(plan => plan.ToRun), parts.Min(part => part.Options.MaxRuns) ?? int.MaxValue);
        return new SweepPlan(folder.Path, plans.Sum(plan => plan.Total), toRun, plans.Sum(plan => plan.Done), plans.Sum(plan => plan.Failed), plans.Sum(plan => plan.Running))
        {
            Rungs = rungs,
            Cost = hasOneUnit ? plans.Sum(plan => plan.Cost) : null,
            FullCost = hasOneUnit ? plans.Sum(plan => plan.FullCost) : null,
        };
    }

    /// <summary>The plan of a sweep.</summary>
    public static SweepPlan Of(SweepFolder folder, SweepWork work)
    {
        HashSet<string>? undecided = null, retried = null;
        if (work.Schedule is not null) (undecided, retried) = (folder.ReadUndecided(work.Schedule), folder.ReadUndecided(work.Schedule, work.Options.IsRetried));
        int toRun = 0, done = 0, failed = 0, running = 0;
        foreach (RunSpec run in work.Runs)
        {
            var row = RunRow.Read(folder, run, undecided);
            if (row.Status == RunStatus.Running) running++;
            else if (row.Status == RunStatus.Pending) toRun++;
            else if (row.Result is not { IsFailure: true } failure) done++;
            else if (!work.Options.IsRetried(failure)) failed++;
            // A run that failed in advance, and is not to continue, ends at the rung that it had reached.
            else if (retried?.Contains(run.Id) == false) done++;
            else toRun++;
        }
        var plan = new SweepPlan(folder.Path, work.Runs.Count, Math.Min(toRun, work.Options.MaxRuns ?? int.MaxValue), done, failed, running);
        if (work.Schedule is not { } schedule) return plan;
        IReadOnlyList<RungPlan> rungs = BracketDesign.Plan(schedule.Brackets(), schedule.Options);
        return plan with { Rungs = rungs, Cost = rungs.Sum(rung => rung.Cost), FullCost = (long)work.Runs.Count * schedule.Options.MaxBudget };
    }

    /// <summary>The plan as a sentence.</summary>
    public string Describe()
    {
        string runs = $"Run {ToRun} of {Total} {(Total == 1 ? "experiment" : "experiments")} ({Done} {(Done == 1 ? "is" : "are")} done)";
        if (Cost is null) return runs;
        IEnumerable<string> brackets = Rungs.GroupBy(rung => rung.Bracket).Select(bracket => string.Join(", then ", bracket.Select(rung => $"{rung.Runs} {(rung.Runs == 1 ? "run" : "runs")} to budget {rung.Budget}")));
        return $"{runs}: {string.Join("; ", brackets)}. The total budget is at most {Cost}, instead of {FullCost} for all runs in full";
    }
}
