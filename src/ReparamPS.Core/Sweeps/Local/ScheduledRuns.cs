using ReparamPS.Messages;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Runs that continue rung by rung, as a schedule decides. A run is reported when its last rung is decided.</summary>
internal sealed class ScheduledRuns : IRunSource
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly SweepFolder folder;
    // In the order of the schedule; null for a run that cannot be read.
    private readonly RunSpec?[] specs;
    private readonly SweepOptions options;
    private readonly Action<SweepEvent> report;
    private readonly ScheduleState state;
    private readonly IReadOnlyList<string> ids;
    private readonly Dictionary<string, int> indices;
    private readonly bool[] executed;
    private readonly bool[] reported;
    private readonly int?[] workers;
    private readonly TimeProvider time;
    private long looked;
    private bool existed;

    /// <summary>Reads how far the runs are.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="specs">Its runs. One that is missing cannot be read: it ends as failed at the budget to which it is to continue, and keeps its place in the brackets.</param>
    /// <param name="options">How to execute runs.</param>
    /// <param name="report">Receives each run that goes no further.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ScheduledRuns(SweepFolder folder, SweepSchedule schedule, IReadOnlyList<RunSpec> specs, SweepOptions options, Action<SweepEvent> report, TimeProvider? time = null)
    {
        (this.folder, this.options, this.report, this.time) = (folder, options, report, time ?? TimeProvider.System);
        ids = schedule.Runs;
        int count = ids.Count;
        (executed, reported, workers) = (new bool[count], new bool[count], new int?[count]);
        indices = Enumerable.Range(0, count).ToDictionary(i => ids[i]);
        this.specs = new RunSpec?[count];
        foreach (RunSpec spec in specs) this.specs[indices[spec.Id]] = spec;
        state = new ScheduleState(folder, schedule, run => (result, isMarked) => IsRetried(run, result, isMarked));
        Refresh();
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
        // Other coordinators may have got further. All idle workers ask here, and one look at the folder serves them.
        if (time.GetElapsedTime(looked) >= Look) Refresh();
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

    private void Refresh()
    {
        // Otherwise, the runs would look pending, and idle workers would wait for them without end. A new sweep has no folder at first.
        bool exists = Directory.Exists(folder.Path);
        if (existed && !exists) throw new DirectoryNotFoundException($"The folder '{ShortText.Of(folder.Path)}' was removed during the sweep. Pipe the points to the same command again.");
        existed = exists;
        state.Refresh();
        looked = time.GetTimestamp();
    }

    private RunTask? Claim(Func<HalvingDecision, IReadOnlyList<RungTask>> choose, string owner, Func<RunTask, bool>? fits = null)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (RungTask next in choose(state.Decide()))
            {
                int budget = state.Budget(next.Rung);
                if (specs[next.Run] is not { } spec)
                {
                    folder.TryRead(ids[next.Run], budget);
                    state.Refresh(next.Run);
                    // Another process has it, or has repaired it: it is not executed here.
                    if (state.IsOpen(next)) state.MarkBusy(next.Run);
                    changed = true;
                    break;
                }
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
                if (state.IsOpen(next)) throw new SweepException($"Run {spec.Id} was already continued beyond {spec.BudgetParameter} = {budget}, but its result at {spec.BudgetParameter} = {budget} is missing. Delete the folder '{ShortText.Of(folder.Run(spec.Id).Path)}', and repeat the sweep.");
                changed = true;
                break;
            }
        }
        return null;
    }

    private bool IsRetried(int run, RunResult failure, bool isMarked) => specs[run] is not null && (!executed[run] || !isMarked) && options.IsRetried(failure);

    private int ReportDecided(HalvingDecision decision)
    {
        for (int i = 0; i < specs.Length; i++)
        {
            if (reported[i] || decision.Undecided[i]) continue;
            reported[i] = true;
            if (specs[i] is not { } spec) continue;
            // It failed in advance, and the retry is not needed: it has ended at the rung that it had reached.
            if (folder.Run(spec.Id) is var run && run.ReadResult()?.Result is { IsFailure: true } failure && IsRetried(i, failure, run.IsMarked)) folder.Reopen([spec]);
            report(new RunEndedEvent(RunRow.Read(folder, spec), workers[i]));
        }
        return decision.Undecided.Count(open => open);
    }
}
