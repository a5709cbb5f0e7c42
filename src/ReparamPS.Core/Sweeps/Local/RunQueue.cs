using System.Diagnostics;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>What a coordinator still has to do. Several lanes take from it; one that finds nothing waits for what the others, or other coordinators, leave.</summary>
internal sealed class RunQueue(IRunSource source, string owner, SweepOptions options)
{
    private const int PollMilliseconds = 200;

    private readonly object gate = new();
    private readonly long clock = Stopwatch.GetTimestamp();
    private int started;
    private bool stopped;

    /// <summary>Claims the next run; null where there is none, or no more are to be started.</summary>
    public RunTask? Take(CancellationToken cancellation)
    {
        lock (gate)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (stopped || started >= options.MaxRuns || (options.TimeBudget is { } budget && Stopwatch.GetElapsedTime(clock) >= budget)) return null;
                if (!source.TryTake(owner, out RunTask? task)) return null;
                if (task is not null)
                {
                    started++;
                    return task;
                }
                Monitor.Wait(gate, PollMilliseconds);
            }
        }
    }

    /// <summary>Takes note that a worker is through with what it took.</summary>
    public void Ended(RunTask task, RunRow row, int worker)
    {
        lock (gate)
        {
            source.Ended(task, row, worker);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Starts no more runs.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            Monitor.PulseAll(gate);
        }
    }
}
