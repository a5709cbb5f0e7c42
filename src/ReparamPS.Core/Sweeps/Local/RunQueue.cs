using System.Diagnostics;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>The work that a coordinator has left. Several workers take from it; one that finds nothing waits for what other workers or coordinators leave.</summary>
internal sealed class RunQueue(IRunSource source, string owner, SweepOptions options, RunGroups groups)
{
    private const int PollMilliseconds = 200;

    private readonly object gate = new();
    private readonly long clock = Stopwatch.GetTimestamp();
    private int started;
    private bool stopped;

    /// <summary>Whether the time budget was used up while runs may have been left.</summary>
    public bool IsOutOfTime { get; private set; }

    /// <summary>Claims the next run, and those that are executed together with it; null if there is none, or no more are to start.</summary>
    public IReadOnlyList<RunTask>? Take(CancellationToken cancellation)
    {
        lock (gate)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (stopped || started >= options.MaxRuns) return null;
                IsOutOfTime = options.TimeBudget is { } budget && Stopwatch.GetElapsedTime(clock) >= budget;
                if (IsOutOfTime) return null;
                if (!source.TryTake(owner, out RunTask? task)) return null;
                if (task is not null)
                {
                    IReadOnlyList<RunTask> batch = [task, .. More(task)];
                    started += batch.Count;
                    return batch;
                }
                Monitor.Wait(gate, PollMilliseconds);
            }
        }
    }

    private IReadOnlyList<RunTask> More(RunTask first)
    {
        int count = Math.Min(groups.Size, (options.MaxRuns ?? int.MaxValue) - started) - 1;
        return count < 1 || groups.KeyOf(first.Spec) is not { } key ? []
            : source.TakeMore(owner, task => task.Budget == first.Budget && groups.KeyOf(task.Spec) == key, count);
    }

    /// <summary>Notes that a worker has finished a task.</summary>
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
