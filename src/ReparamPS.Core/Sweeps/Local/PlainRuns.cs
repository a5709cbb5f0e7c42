using ReparamPS.Data;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Runs that are each executed once, in order. A run of another coordinator is looked at again until it has ended or its coordinator has died.</summary>
internal sealed class PlainRuns(SweepFolder folder, SweepOptions options, Action<SweepEvent> report) : IRunSource
{
    private readonly LinkedList<RunSpec> waiting = new();
    private readonly Queue<RunSpec> busy = new();
    private readonly HashSet<string> seen = [];
    private readonly MetricCheck? metric = options.Pruner is { } pruner ? new(pruner.Metric) : null;
    private int notFailed;

    /// <summary>The runs that wait.</summary>
    public IReadOnlyCollection<RunSpec> Waiting => waiting;

    /// <summary>Adds a run.</summary>
    /// <returns>Its row if it has ended, and is not executed again.</returns>
    public RunRow? Add(RunSpec spec)
    {
        var row = RunRow.Read(folder, spec);
        notFailed++;
        if (options.IsLeft(row))
        {
            waiting.AddLast(spec);
            return null;
        }
        Note(row);
        return row;
    }

    /// <summary>Refuses a pruner's metric that no run has.</summary>
    /// <exception cref="ArgumentException">Runs have ended, and none has a number in the metric's column.</exception>
    public void CheckMetric() => metric?.ThrowIfUnknown(notFailed);

    /// <inheritdoc/>
    public bool TryTake(string owner, out RunTask? task)
    {
        while (busy.TryDequeue(out RunSpec? spec)) waiting.AddLast(spec);
        while (waiting.First?.Value is { } spec)
        {
            waiting.RemoveFirst();
            if (!TryClaim(spec, owner)) continue;
            task = new RunTask(spec);
            return true;
        }
        task = null;
        return busy.Count > 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<RunTask> TakeMore(string owner, Func<RunTask, bool> fits, int count)
    {
        List<RunTask> taken = [];
        for (LinkedListNode<RunSpec>? node = waiting.First; node is not null && taken.Count < count;)
        {
            LinkedListNode<RunSpec>? next = node.Next;
            var task = new RunTask(node.Value);
            if (fits(task))
            {
                waiting.Remove(node);
                if (TryClaim(task.Spec, owner)) taken.Add(task);
            }
            node = next;
        }
        return taken;
    }

    /// <inheritdoc/>
    public void Ended(RunTask task, RunRow row, int worker) => Report(row, worker);

    private bool TryClaim(RunSpec spec, string owner)
    {
        // A failure from before this sweep may be retried; one that another coordinator has just finished with may not.
        bool first = seen.Add(spec.Id);
        switch (folder.Run(spec.Id).TryClaim(owner, (result, isMarked) => (first || !isMarked) && options.IsRetried(result)))
        {
            case ClaimOutcome.Claimed: return true;
            case ClaimOutcome.Busy:
                busy.Enqueue(spec);
                return false;
            default:
                Report(RunRow.Read(folder, spec), null);
                return false;
        }
    }

    private void Report(RunRow row, int? worker)
    {
        report(new RunEndedEvent(row, worker));
        Note(row);
        CheckMetric();
    }

    private void Note(RunRow row)
    {
        if (row.Result is { IsFailure: true }) notFailed--;
        if (row.Status != RunStatus.Done || metric is null) return;
        try
        {
            metric.Add(row.Spec.Id, folder.ReadRows(row.Spec.Id));
        }
        catch (DataFormatException)
        {
            // A damaged run says nothing; commands that read the folder report it.
        }
    }
}
