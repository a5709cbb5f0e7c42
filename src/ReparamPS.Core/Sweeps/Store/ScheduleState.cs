using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Store;

/// <summary>What the folder says about the runs of a schedule, and what follows from it. Results stay once they exist, so each is read once.</summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="schedule">The schedule.</param>
/// <param name="rerun">Decides for the schedule's i-th run whether to rerun it after a failure; null reruns none.</param>
internal sealed class ScheduleState(SweepFolder folder, SweepSchedule schedule, Func<int, RerunRule>? rerun = null)
{
    private readonly IReadOnlyList<int> budgets = schedule.Options.Budgets();
    private readonly HalvingSchedule halving = new(schedule.Brackets(), schedule.Options.Budgets().Count, schedule.Options.ReductionFactor);
    private readonly RunFolder[] folders = [.. schedule.Runs.Select(folder.Run)];
    private readonly RunScores[] runs = [.. schedule.Runs.Select(_ => new RunScores([]))];
    private readonly MetricCheck metric = new(schedule.Options.Metric);

    /// <summary>The budget of a rung.</summary>
    public int Budget(int rung) => budgets[rung];

    /// <summary>Whether a rung is the last.</summary>
    public bool IsLast(int rung) => rung == budgets.Count - 1;

    /// <summary>What follows from what was read.</summary>
    public HalvingDecision Decide() => halving.Decide(runs);

    /// <summary>Refuses a metric that no run has.</summary>
    /// <exception cref="ArgumentException">Runs have ended, and none has a number in the metric's column.</exception>
    public void CheckMetric() => metric.ThrowIfUnknown(runs.Count(run => !run.HasFailed));

    /// <summary>Reads all runs that may have advanced.</summary>
    public void Refresh()
    {
        for (int i = 0; i < runs.Length; i++)
        {
            if (runs[i].Scores.Count < budgets.Count) Refresh(i);
        }
    }

    /// <summary>Reads a run.</summary>
    public void Refresh(int run)
    {
        // The token first: a claim after this look is noticed by the attempt to claim the run.
        bool busy = folders[run].IsBusy();
        (RunResult Result, ExperimentRow? Last)? ended = folders[run].ReadResult();
        bool failed = !busy && ended is { Result: { IsFailure: true } failure } && rerun?.Invoke(run)(failure, folders[run].IsMarked) != true;
        List<double> scores = [.. runs[run].Scores];
        while (scores.Count < budgets.Count && (scores.Count == 0 || !double.IsNaN(scores[^1])))
        {
            int budget = budgets[scores.Count];
            var reached = ended is { Result.IsFailure: false } now && now.Result.Budget == budget ? now : folders[run].ReadRung(budget);
            if (reached is null) break;
            scores.Add(Score(run, reached.Value.Last));
        }
        runs[run] = new RunScores(scores, failed, busy);
    }

    /// <summary>Whether a run has not been at a rung, and may still get there.</summary>
    public bool IsOpen(RungTask task) => runs[task.Run].At(task.Rung) is null;

    /// <summary>Notes that a process works on a run.</summary>
    public void MarkBusy(int run) => runs[run] = runs[run] with { IsBusy = true };

    private double Score(int run, ExperimentRow? last)
    {
        metric.Add(folders[run].Id, last is null ? [] : [last]);
        double value = last is null ? double.NaN : RunMetric.Of(last, schedule.Options.Metric) ?? double.NaN;
        return !double.IsFinite(value) ? double.NaN : schedule.Options.Maximize ? value : -value;
    }
}
