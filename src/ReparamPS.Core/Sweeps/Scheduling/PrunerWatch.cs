using System.Diagnostics;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>Watches a run's rows for a pruner, and reads from the folder what it compares them with. One is for all runs of a worker.</summary>
internal sealed class PrunerWatch(SweepFolder folder)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, double[]> done = [];
    private readonly List<double> values = [];
    private MedianPruner? pruner;
    private RunSpec? spec;
    private long looked;

    /// <summary>Begins with a run.</summary>
    public void Begin(MedianPruner? by, RunSpec run)
    {
        if (by is not null && (by.Metric != pruner?.Metric || run.Command != spec?.Command)) done.Clear();
        (pruner, spec) = (by, run);
        values.Clear();
        if (pruner is not null) ReadDone();
    }

    /// <summary>Takes a row of the run.</summary>
    /// <returns>Whether the run is to stop.</returns>
    public bool Add(Data.ExperimentRow row)
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
            if (done.ContainsKey(run.Id) || run.ReadResult()?.Result is not { Status: RunStatus.Done } || run.ReadSpec().Command != spec!.Command) continue;
            done[run.Id] = [.. ResultFile.ReadRows(run.ResultPath).Select(row => RunMetric.Of(row, pruner!.Metric))];
        }
        looked = Stopwatch.GetTimestamp();
    }
}
