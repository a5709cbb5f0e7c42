using ReparamPS.Data;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>What the folder says about the runs of a schedule, and what follows from it. It remembers what it has read; results stay as they are once they are there.</summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="schedule">The schedule.</param>
/// <param name="again">Whether a run that failed so is to be run again; the third argument is whether it is marked as ended.</param>
internal sealed class RungBoard(SweepFolder folder, SweepSchedule schedule, Func<int, RunResult, bool, bool>? again = null)
{
    private readonly IReadOnlyList<int> budgets = schedule.Options.Budgets();
    private readonly HalvingSchedule halving = new(schedule.Brackets(), schedule.Options.Budgets().Count, schedule.Options.ReductionFactor);
    private readonly RunFolder[] folders = [.. schedule.Runs.Select(folder.Run)];
    private readonly RunScores[] runs = [.. schedule.Runs.Select(_ => new RunScores([]))];
    // One run may lack the metric, and then ranks last; where the first ones all do, it is misspelt.
    private const int RunsWithoutMetric = 3;

    private readonly HashSet<int> withoutMetric = [];
    private ExperimentRow? lacking;
    private bool hasMetric;

    /// <summary>The budget of a rung.</summary>
    public int Budget(int rung) => budgets[rung];

    /// <summary>Whether a rung is the last.</summary>
    public bool IsLast(int rung) => rung == budgets.Count - 1;

    /// <summary>What follows from what was read.</summary>
    public HalvingDecision Decide() => halving.Decide(runs);

    /// <summary>Refuses a metric that no run has.</summary>
    /// <exception cref="ArgumentException">Runs have ended, and none has the metric's column.</exception>
    public void CheckMetric()
    {
        if (hasMetric || lacking is null || withoutMetric.Count < Math.Min(RunsWithoutMetric, runs.Length)) return;
        throw new ArgumentException(
            $"Metric: the rows of the runs have no column '{schedule.Options.Metric}'; they have {string.Join(", ", lacking.Columns)}.", nameof(HalvingOptions.Metric));
    }

    /// <summary>Reads all runs that may have got further.</summary>
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
        // The token first: who claims the run after this look is seen by the attempt to claim it.
        bool busy = folders[run].IsBusy();
        (RunResult Result, ExperimentRow? Last)? ended = folders[run].ReadResult();
        bool failed = !busy && ended is { Result: { IsFailure: true } failure } && again?.Invoke(run, failure, folders[run].IsOver) != true;
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

    /// <summary>Whether a run has not been at a rung, and may yet be.</summary>
    public bool IsOpen(RungTask task) => runs[task.Run].At(task.Rung) is null;

    /// <summary>Takes note that somebody works on a run.</summary>
    public void MarkBusy(int run) => runs[run] = runs[run] with { IsBusy = true };

    private double Score(int run, ExperimentRow? last)
    {
        if (last is null) return double.NaN;
        if (last.Columns.Contains(schedule.Options.Metric, StringComparer.OrdinalIgnoreCase)) hasMetric = true;
        else if (withoutMetric.Add(run)) lacking ??= last;
        double value = RunMetric.Of(last, schedule.Options.Metric);
        return !double.IsFinite(value) ? double.NaN : schedule.Options.Maximize ? value : -value;
    }
}
