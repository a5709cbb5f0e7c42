using System.Diagnostics;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Applies a pruner to the rows of runs, and reads from the folder what it compares them with. One serves all runs of a worker.</summary>
internal sealed class RunPruning(SweepFolder folder)
{
    private const string EpochColumn = "Epoch", EpochsColumn = "Epochs";
    private const int LeastPause = 500, PausePerLook = 9;

    // Runs of a batch ask on several threads.
    private readonly object gate = new();
    private readonly Dictionary<string, double?[]> done = [];

    // The runs that have ended for good, done or not: a look at the folder skips them.
    private readonly HashSet<string> settled = [];

    // The runs that began here, and whose result has not been seen.
    private readonly HashSet<string> begun = [];
    private string? metric, command;
    private long looked;
    private TimeSpan pause = TimeSpan.Zero;

    /// <summary>Starts with a run.</summary>
    /// <returns>Takes each row of the run, and says whether to stop it.</returns>
    public Func<ExperimentRow, bool> Begin(MedianPruner? pruner, RunSpec run)
    {
        if (pruner is null) return _ => false;
        lock (gate)
        {
            if (pruner.Metric != metric || run.Command != command)
            {
                done.Clear();
                settled.Clear();
                pause = TimeSpan.Zero;
            }
            (metric, command) = (pruner.Metric, run.Command);
            begun.Add(run.Id);
        }
        List<double?> values = [];
        return row =>
        {
            values.Add(RunMetric.Of(row, pruner.Metric));
            if (IsLast(row, run.Settings)) return false;
            lock (gate)
            {
                // The runs of a batch begin together, but execute one after the other: each sees those before it, whenever the folder was last read.
                if (values.Count == 1) ReadBegun();
                if (Stopwatch.GetElapsedTime(looked) >= pause) ReadAll();
                return pruner.IsPruned(values, done.Values);
            }
        };
    }

    // A run that has reached its last epoch is done: stopping it would save nothing.
    private static bool IsLast(ExperimentRow row, ExperimentRow settings) =>
        RunMetric.Of(row, EpochColumn) is { } epoch && epoch == (RunMetric.Of(row, EpochsColumn) ?? RunMetric.Of(settings, EpochsColumn));

    // What this worker executed itself is always known, so that a sweep with one worker decides the same each time.
    private void ReadBegun()
    {
        foreach (string id in begun.ToArray())
        {
            if (Read(folder.Run(id))) begun.Remove(id);
        }
    }

    // Many runs take long to look at: at most a tenth of the time is spent on it.
    private void ReadAll()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (RunFolder run in folder.RunFolders())
        {
            if (!settled.Contains(run.Id)) Read(run);
        }
        looked = Stopwatch.GetTimestamp();
        pause = TimeSpan.FromMilliseconds(Math.Max(LeastPause, PausePerLook * Stopwatch.GetElapsedTime(start, looked).TotalMilliseconds));
    }

    // Whether the run has a result.
    private bool Read(RunFolder run)
    {
        if (run.ReadResult()?.Result is not { } result) return false;
        // A failure may be retried.
        if (result.IsFailure || !settled.Add(run.Id) || result.Status != RunStatus.Done) return true;
        try
        {
            if (run.ReadSpec().Command == command) done[run.Id] = [.. ResultFile.ReadRows(run.ResultPath).Select(row => RunMetric.Of(row, metric!))];
        }
        catch (DataFormatException)
        {
            // A damaged run is not compared with; commands that read the folder report it.
        }
        return true;
    }
}
