using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>Runs that are each run once, in their order. One that another coordinator works on is looked at again until it has ended or its coordinator has died.</summary>
internal sealed class PlainRuns(SweepFolder folder, IEnumerable<RunSpec> runs, SweepOptions options, Action<SweepEvent> tell) : IRunSource
{
    private readonly Queue<RunSpec> waiting = new(runs);
    private readonly Queue<RunSpec> busy = new();
    private readonly HashSet<string> looked = [];

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
    public void Ended(RunTask task, RunRow row, int worker) => tell(new RunEndedEvent(row, worker));

    private bool TryClaim(RunSpec spec, string owner)
    {
        // A failure from before this sweep is tried again if that is wanted; one that another coordinator has just had, and is through with, is not.
        bool first = looked.Add(spec.Id);
        switch (folder.Run(spec.Id).TryClaim(owner, (result, isOver) => (first || !isOver) && options.IsTriedAgain(result)))
        {
            case ClaimOutcome.Claimed: return true;
            case ClaimOutcome.Busy:
                busy.Enqueue(spec);
                return false;
            default:
                tell(new RunEndedEvent(RunRow.Read(folder, spec), null));
                return false;
        }
    }
}
