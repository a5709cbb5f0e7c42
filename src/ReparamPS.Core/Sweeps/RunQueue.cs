using System.Diagnostics;

namespace ReparamPS.Sweeps;

/// <summary>
/// The runs that a coordinator still has to see ended, in their order. Several lanes take from it. A run that another coordinator works on is looked at again until it has ended or
/// its coordinator has died.
/// </summary>
internal sealed class RunQueue(SweepFolder folder, IEnumerable<RunSpec> runs, string owner, SweepOptions options, Action<RunRow> endedElsewhere)
{
    private const int PollMilliseconds = 200;

    private readonly object gate = new();
    private readonly Queue<RunSpec> waiting = new(runs);
    private readonly Queue<RunSpec> busy = new();
    private readonly HashSet<string> looked = [];
    private readonly long clock = Stopwatch.GetTimestamp();
    private int started;
    private bool stopped;

    /// <summary>Claims the next run; null where there is none, or no more are to be started.</summary>
    public RunSpec? Take(CancellationToken cancellation)
    {
        while (true)
        {
            lock (gate)
            {
                if (stopped || started >= options.MaxRuns || (options.TimeBudget is { } budget && Stopwatch.GetElapsedTime(clock) >= budget)) return null;
                while (waiting.TryDequeue(out RunSpec? spec))
                {
                    if (!TryClaim(spec)) continue;
                    started++;
                    return spec;
                }
                if (busy.Count == 0) return null;
            }
            cancellation.WaitHandle.WaitOne(PollMilliseconds);
            cancellation.ThrowIfCancellationRequested();
            lock (gate)
            {
                while (busy.TryDequeue(out RunSpec? spec)) waiting.Enqueue(spec);
            }
        }
    }

    /// <summary>Starts no more runs.</summary>
    public void Stop()
    {
        lock (gate) stopped = true;
    }

    private bool TryClaim(RunSpec spec)
    {
        // A failure from before this sweep is tried again if that is wanted; one that another coordinator has just had is not.
        bool first = looked.Add(spec.Id);
        switch (folder.Run(spec.Id).TryClaim(owner, result => first && IsTriedAgain(result, options)))
        {
            case ClaimOutcome.Claimed: return true;
            case ClaimOutcome.Busy:
                busy.Enqueue(spec);
                return false;
            default:
                endedElsewhere(RunRow.Read(folder, spec));
                return false;
        }
    }

    /// <summary>Whether a sweep runs a run again that ended so.</summary>
    public static bool IsTriedAgain(RunResult result, SweepOptions options) =>
        result.Status != RunStatus.Done && (options.Retry > 0 || result.Status == RunStatus.Died);
}
