using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>Runs that go on rung by rung, as a schedule decides. A run is told of when its last rung is decided.</summary>
internal sealed class ScheduledRuns : IRunSource
{
    private readonly SweepFolder folder;
    private readonly IReadOnlyList<RunSpec> specs;
    private readonly SweepOptions options;
    private readonly Action<SweepEvent> tell;
    private readonly RungBoard board;
    private readonly Dictionary<string, int> indices;
    private readonly bool[] taken;
    private readonly bool[] told;
    private readonly int?[] workers;

    /// <summary>Reads how far the runs are.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="schedule">The schedule.</param>
    /// <param name="specs">Its runs, in its order.</param>
    /// <param name="options">How runs are run.</param>
    /// <param name="tell">Told of each run that goes no further.</param>
    public ScheduledRuns(SweepFolder folder, SweepSchedule schedule, IReadOnlyList<RunSpec> specs, SweepOptions options, Action<SweepEvent> tell)
    {
        (this.folder, this.specs, this.options, this.tell) = (folder, specs, options, tell);
        (taken, told, workers) = (new bool[specs.Count], new bool[specs.Count], new int?[specs.Count]);
        indices = Enumerable.Range(0, specs.Count).ToDictionary(i => specs[i].Id);
        board = new RungBoard(folder, schedule, IsTriedAgain);
        board.Refresh();
        board.CheckMetric();
    }

    /// <summary>Tells of the runs that go no further.</summary>
    /// <returns>How many others there are.</returns>
    public int TellDecided() => TellDecided(board.Decide());

    /// <inheritdoc/>
    public bool TryTake(string owner, out RunTask? task)
    {
        task = Claim(decision => decision.Due, owner);
        if (task is not null) return true;
        // Before anything is concluded from there being nothing to do: what have other coordinators done?
        board.Refresh();
        task = Claim(decision => decision.Due, owner) ?? Claim(decision => decision.Ahead, owner);
        return TellDecided() > 0;
    }

    /// <inheritdoc/>
    public void Ended(RunTask task, RunRow row, int worker)
    {
        int run = indices[task.Spec.Id];
        workers[run] = worker;
        board.Refresh(run);
        board.CheckMetric();
        TellDecided();
    }

    private RunTask? Claim(Func<HalvingDecision, IReadOnlyList<RungTask>> choose, string owner)
    {
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (RungTask next in choose(board.Decide()))
            {
                (int budget, RunSpec spec) = (board.Budget(next.Rung), specs[next.Run]);
                ClaimOutcome outcome = folder.Run(spec.Id).TryClaim(owner, (result, isOver) => result.IsFailure ? IsTriedAgain(next.Run, result, isOver) : result.Budget < budget);
                if (outcome == ClaimOutcome.Claimed)
                {
                    taken[next.Run] = true;
                    board.MarkBusy(next.Run);
                    return new RunTask(spec, budget, board.IsLast(next.Rung));
                }
                // Another coordinator has it, or had it.
                if (outcome == ClaimOutcome.Busy)
                {
                    board.MarkBusy(next.Run);
                    continue;
                }
                board.Refresh(next.Run);
                if (board.IsOpen(next)) throw new SweepException($"Run {spec.Id} is past {spec.BudgetParameter} {budget}, but its result there is missing.");
                changed = true;
                break;
            }
        }
        return null;
    }

    private bool IsTriedAgain(int run, RunResult failure, bool isOver) => (!taken[run] || !isOver) && options.IsTriedAgain(failure);

    private int TellDecided(HalvingDecision decision)
    {
        for (int i = 0; i < specs.Count; i++)
        {
            if (told[i] || decision.Undecided[i]) continue;
            told[i] = true;
            tell(new RunEndedEvent(RunRow.Read(folder, specs[i]), workers[i]));
        }
        return decision.Undecided.Count(open => open);
    }
}
