using System.Diagnostics;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Applies a pruner to a run's rows, and reads from the folder what it compares them with. One serves all runs of a worker.</summary>
internal sealed class RunPruning(SweepFolder folder)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, double?[]> done = [];
    private readonly List<double?> values = [];
    private MedianPruner? pruner;
    private RunSpec? spec;
    private long looked;

    /// <summary>Starts with a run.</summary>
    public void Begin(MedianPruner? by, RunSpec run)
    {
        if (by is not null && (by.Metric != pruner?.Metric || run.Command != spec?.Command)) done.Clear();
        (pruner, spec) = (by, run);
        values.Clear();
        if (pruner is not null) ReadDone();
    }

    /// <summary>Adds a row of the run.</summary>
    /// <returns>Whether to stop the run.</returns>
    public bool Add(ExperimentRow row)
    {
        if (pruner is null) return false;
        values.Add(RunMetric.Of(row, pruner.Metric));
        if (Stopwatch.GetElapsedTime(looked) > Look) ReadDone();
        return pruner.IsPruned(values, done.Values);
    }

    private void ReadDone()
    {
        foreach (RunFolder run in folder.RunFolders())
        {
            if (done.ContainsKey(run.Id) || run.ReadResult()?.Result is not { Status: RunStatus.Done }) continue;
            try
            {
                if (run.ReadSpec().Command == spec!.Command) done[run.Id] = [.. ResultFile.ReadRows(run.ResultPath).Select(row => RunMetric.Of(row, pruner!.Metric))];
            }
            catch (DataFormatException)
            {
                // A damaged run is not compared with; commands that read the folder report it.
            }
        }
        looked = Stopwatch.GetTimestamp();
    }
}
