using System.Runtime.ExceptionServices;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>
/// Executes a sweep in worker processes of this machine. This process coordinates: it claims runs in the folder and gives them to its workers. One thread per worker (<see cref="LocalWorker"/>) waits for
/// the worker's process (<see cref="SweepWorker"/>), which writes the result into the run's folder (<see cref="RunFolder"/> lists what is written when). What threads report is handed to
/// the caller's thread. If this process dies at any moment, its workers end, and the folder continues from where it was.
/// </summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="launch">How to start a worker; asked when one is needed.</param>
public sealed class LocalEngine(SweepFolder folder, Func<WorkerLaunch> launch) : ISweepEngine
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> Workers() => SweepOwner.Alive(folder.Owners) is { Count: > 0 } owners
        ? new Dictionary<string, int> { [nameof(RunStatus.Running)] = owners.Count } : new Dictionary<string, int>();

    /// <inheritdoc/>
    public int Stop() => SweepOwner.StopAll(folder.Owners);

    /// <inheritdoc/>
    public IEnumerable<SweepEvent> Run(SweepWork work, CancellationToken cancellation)
    {
        SweepOptions options = work.Options;
        var events = new Mailbox<SweepEvent>();
        var groups = new RunGroups(folder, options.Batching, work.Command);
        IRunSource source;
        int left;
        if (work.Schedule is null)
        {
            var plain = new PlainRuns(folder, options, events.Add);
            foreach (RunSpec spec in work.Runs)
            {
                cancellation.ThrowIfCancellationRequested();
                if (plain.Add(spec) is { } ended) yield return new RunEndedEvent(ended, null);
            }
            (source, left) = (plain, groups.Count(plain.Waiting));
            if (left > 0) plain.CheckMetric();
        }
        else
        {
            var scheduled = new ScheduledRuns(folder, work.Schedule, work.Runs, options, events.Add);
            (source, left) = (scheduled, Math.Min(scheduled.ReportDecided(), groups.Count(work.Runs)));
            while (events.TryTake(0, out SweepEvent? report)) yield return report;
        }
        SweepOwner.RemoveDead(folder.Owners);
        folder.RestoreMark();
        if (left == 0 || options.MaxRuns == 0) yield break;

        using var owner = new SweepOwner(folder.Owners);
        int workers = Math.Min(options.ThrottleLimit, left);
        foreach (SweepEvent report in RunWorkers(work, owner, new RunQueue(source, owner.Id, options, groups), workers, events, cancellation)) yield return report;
        if (owner.IsAskedToStop) yield return new SweepInterruptedEvent();
        // The workers of a killed coordinator live on for a moment: its file counted as alive at the start.
        SweepOwner.RemoveDead(folder.Owners);
    }

    private IEnumerable<SweepEvent> RunWorkers(SweepWork work, SweepOwner owner, RunQueue queue, int active, Mailbox<SweepEvent> events, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, owner.Stopped);
        using var enlisted = new ManualResetEventSlim();
        WorkerLaunch program = launch();
        int atOnce = Math.Max(1, work.Options.ThrottleLimit / active);
        Exception? fatal = null;
        RunRow? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, active).Select(index => new Thread(() => Work(index)) { IsBackground = true, Name = "sweep worker" })];
        try
        {
            foreach (Thread thread in threads) thread.Start();
            // Worker processes start meanwhile.
            if (work.Command is not null) folder.Enlist(work.Command, work.Runs, work.Schedule, cancellation);
            enlisted.Set();
            foreach (SweepEvent report in events.TakeAll(cancellation)) yield return report;
        }
        finally
        {
            // Also if the caller stops listening. Workers are killed, so this does not wait for runs.
            queue.Stop();
            ending.Cancel();
            foreach (Thread thread in threads) thread.Join();
        }
        if (fatal is not null) ExceptionDispatchInfo.Throw(fatal);
        if (failure is not null) yield return new SweepStoppedEvent(failure);
        else if (queue.IsOutOfTime) yield return new SweepOutOfTimeEvent();

        void Work(int index)
        {
            using var worker = new LocalWorker(folder, owner, work.Options, program, index, atOnce, events.Add);
            try
            {
                worker.Start(ending.Token);
                enlisted.Wait(ending.Token);
                while (queue.Take(ending.Token) is { } tasks) worker.Run(tasks, Ended, ending.Token);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The current run is pending again.
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref fatal, error, null);
                queue.Stop();
                ending.Cancel();
            }
            finally
            {
                if (Interlocked.Decrement(ref active) == 0) events.Close();
            }

            void Ended(RunTask task, RunRow row)
            {
                queue.Ended(task, row, index);
                if (!work.Options.StopOnFailure || row.Result is { IsFailure: false }) return;
                Interlocked.CompareExchange(ref failure, row, null);
                queue.Stop();
                ending.Cancel();
            }
        }
    }
}
