using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>Runs that are each executed once, in order. A run of another coordinator is looked at again until it has ended or its coordinator has died.</summary>
internal sealed class PlainRuns(SweepFolder folder, IEnumerable<RunSpec> runs, SweepOptions options, Action<SweepEvent> report) : IRunSource
{
    private readonly Queue<RunSpec> waiting = new(runs);
    private readonly Queue<RunSpec> busy = new();
    private readonly HashSet<string> seen = [];

    /// <inheritdoc/>
    public bool TryTake(string owner, out RunTask? task)
    {
        while (busy.TryDequeue(out RunSpec? spec)) waiting.Enqueue(spec);
        while (waiting.TryDequeue(out RunSpec? spec))
        {
            if (!TryClaim(spec, owner)) continue;
            task = new RunTask(spec);
            return true;
        }
        task = null;
        return busy.Count > 0;
    }

    /// <inheritdoc/>
    public void Ended(RunTask task, RunRow row, int worker) => report(new RunEndedEvent(row, worker));

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
                report(new RunEndedEvent(RunRow.Read(folder, spec), null));
                return false;
        }
    }
}
