using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Runs that continue rung by rung, as a schedule decides. A run is reported when its last rung is decided.</summary>
internal sealed class ScheduledRuns : IRunSource
{
    private readonly SweepFolder folder;
    private readonly IReadOnlyList<RunSpec> specs;
    private readonly SweepOptions options;
    private readonly Action<SweepEvent> report;
    private readonly ScheduleState state;
    private readonly Dictionary<string, int> indices;
    private readonly bool[] executed;
    private readonly bool[] reported;
    private readonly int?[] workers;

    /// <summary>Reads how far the runs are.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="specs">Its runs, in its order.</param>
    /// <param name="options">How to execute runs.</param>
    /// <param name="report">Receives each run that goes no further.</param>
    public ScheduledRuns(SweepFolder folder, SweepSchedule schedule, IReadOnlyList<RunSpec> specs, SweepOptions options, Action<SweepEvent> report)
    {
        (this.folder, this.specs, this.options, this.report) = (folder, specs, options, report);
        (executed, reported, workers) = (new bool[specs.Count], new bool[specs.Count], new int?[specs.Count]);
        indices = Enumerable.Range(0, specs.Count).ToDictionary(i => specs[i].Id);
        state = new ScheduleState(folder, schedule, run => (result, isMarked) => IsRetried(run, result, isMarked));
        state.Refresh();
        state.CheckMetric();
    }

    /// <summary>Reports the runs that go no further.</summary>
    /// <returns>The number of others.</returns>
    public int ReportDecided() => ReportDecided(state.Decide());

    /// <inheritdoc/>
    public bool TryTake(string owner, out RunTask? task)
    {
        task = Claim(decision => decision.Due, owner);
        if (task is not null) return true;
        // Other coordinators may have got further since the last look.
        state.Refresh();
        task = Claim(decision => decision.Due, owner) ?? Claim(decision => decision.Ahead, owner);
        return ReportDecided() > 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunTask> TakeMore(string owner, Func<RunTask, bool> fits, int count)
    {
        List<RunTask> taken = [];
        while (taken.Count < count && (Claim(decision => decision.Due, owner, fits) ?? Claim(decision => decision.Ahead, owner, fits)) is { } task) taken.Add(task);
        return taken;
    }

    /// <inheritdoc/>
    public void Ended(RunTask task, RunRow row, int worker)
    {
        int run = indices[task.Spec.Id];
        workers[run] = worker;
        state.Refresh(run);
        state.CheckMetric();
        ReportDecided();
    }

    private RunTask? Claim(Func<HalvingDecision, IReadOnlyList<RungTask>> choose, string owner, Func<RunTask, bool>? fits = null)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (RungTask next in choose(state.Decide()))
            {
                (int budget, RunSpec spec) = (state.Budget(next.Rung), specs[next.Run]);
                var task = new RunTask(spec, budget, state.IsLast(next.Rung));
                if (fits?.Invoke(task) == false) continue;
                ClaimOutcome outcome = folder.Run(spec.Id).TryClaim(owner, (result, isMarked) => result.IsFailure ? IsRetried(next.Run, result, isMarked) : result.Budget < budget);
                if (outcome == ClaimOutcome.Claimed)
                {
                    executed[next.Run] = true;
                    state.MarkBusy(next.Run);
                    return task;
                }
                // Another coordinator has it, or had it.
                if (outcome == ClaimOutcome.Busy)
                {
                    state.MarkBusy(next.Run);
                    continue;
                }
                state.Refresh(next.Run);
                if (state.IsOpen(next)) throw new SweepException($"Run {spec.Id} has passed {spec.BudgetParameter} {budget}, but its result at that budget is missing. Delete the folder of the run, and repeat the sweep.");
                changed = true;
                break;
            }
        }
        return null;
    }

    private bool IsRetried(int run, RunResult failure, bool isMarked) => (!executed[run] || !isMarked) && options.IsRetried(failure);

    private int ReportDecided(HalvingDecision decision)
    {
        for (int i = 0; i < specs.Count; i++)
        {
            if (reported[i] || decision.Undecided[i]) continue;
            reported[i] = true;
            report(new RunEndedEvent(RunRow.Read(folder, specs[i]), workers[i]));
        }
        return decision.Undecided.Count(open => open);
    }
}
