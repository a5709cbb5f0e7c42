using System.Diagnostics;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Applies a pruner to the rows of runs, and reads from the folder what it compares them with. One serves all runs of a worker.</summary>
internal sealed class RunPruning(SweepFolder folder)
{
    private const string EpochColumn = "Epoch", EpochsColumn = "Epochs";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // Runs of a batch ask on several threads.
    private readonly object gate = new();
    private readonly Dictionary<string, double?[]> done = [];
    private string? metric, command;
    private long looked;

    /// <summary>Starts with a run.</summary>
    /// <returns>Takes each row of the run, and says whether to stop it.</returns>
    public Func<ExperimentRow, bool> Begin(MedianPruner? pruner, RunSpec run)
    {
        if (pruner is null) return _ => false;
        lock (gate)
        {
            if (pruner.Metric != metric || run.Command != command) done.Clear();
            (metric, command) = (pruner.Metric, run.Command);
        }
        List<double?> values = [];
        return row =>
        {
            values.Add(RunMetric.Of(row, pruner.Metric));
            if (IsLast(row, run.Settings)) return false;
            lock (gate)
            {
                // The runs of a batch begin together, but execute one after the other: each sees those before it.
                if (values.Count == 1 || Stopwatch.GetElapsedTime(looked) > Look) ReadDone();
                return pruner.IsPruned(values, done.Values);
            }
        };
    }

    // A run that has reached its last epoch is done: stopping it would save nothing.
    private static bool IsLast(ExperimentRow row, ExperimentRow settings) =>
        RunMetric.Of(row, EpochColumn) is { } epoch && epoch == (RunMetric.Of(row, EpochsColumn) ?? RunMetric.Of(settings, EpochsColumn));

    private void ReadDone()
    {
        foreach (RunFolder run in folder.RunFolders())
        {
            if (done.ContainsKey(run.Id) || run.ReadResult()?.Result is not { Status: RunStatus.Done }) continue;
            try
            {
                if (run.ReadSpec().Command == command) done[run.Id] = [.. ResultFile.ReadRows(run.ResultPath).Select(row => RunMetric.Of(row, metric!))];
            }
            catch (DataFormatException)
            {
                // A damaged run is not compared with; commands that read the folder report it.
            }
        }
        looked = Stopwatch.GetTimestamp();
    }
}
