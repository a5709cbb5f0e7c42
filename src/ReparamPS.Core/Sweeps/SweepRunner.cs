using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>
/// Runs a sweep on this machine; without a command, runs that are in the folder already. Threads wait for worker processes; what they tell is handed to the caller's thread. Ended at any moment, it leaves a folder that goes on from where
/// it was.
/// </summary>
public sealed class SweepRunner(SweepFolder folder, SweepCommand? command, IReadOnlyList<RunSpec> runs, SweepOptions options, WorkerLaunch launch, SweepSchedule? schedule = null)
{
    /// <summary>The failure that ended the sweep, where one was to.</summary>
    public RunRow? StoppedBy { get; private set; }

    /// <summary>Runs what is not done, and tells of every run as it ends; those that have ended already come first.</summary>
    public IEnumerable<SweepEvent> Run(CancellationToken cancellation)
    {
        var events = new Mailbox<SweepEvent>();
        IRunSource source;
        int remaining;
        if (schedule is null)
        {
            List<RunSpec> plain = [];
            foreach (RunSpec spec in runs)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = RunRow.Read(folder, spec);
                if (row.IsToBeRun(options)) plain.Add(spec);
                else yield return new RunEndedEvent(row, null);
            }
            (source, remaining) = (new PlainRuns(folder, plain, options, events.Add), plain.Count);
        }
        else
        {
            var scheduled = new ScheduledRuns(folder, schedule, runs, options, events.Add);
            (source, remaining) = (scheduled, scheduled.TellDecided());
            while (events.TryTake(0, out SweepEvent? told)) yield return told;
        }
        if (remaining == 0 || options.MaxRuns == 0) yield break;

        using var owner = new SweepOwner(folder.Owners);
        SweepOwner.RemoveDead(folder.Owners);
        int lanes = Math.Min(options.ThrottleLimit, remaining);
        foreach (SweepEvent told in RunLanes(owner, new RunQueue(source, owner.Id, options), lanes, events, cancellation)) yield return told;
    }

    private IEnumerable<SweepEvent> RunLanes(SweepOwner owner, RunQueue queue, int alive, Mailbox<SweepEvent> events, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, owner.Stopped);
        using var enlisted = new ManualResetEventSlim();
        Exception? fatal = null;
        Thread[] threads = [.. Enumerable.Range(0, alive).Select(index => new Thread(() => Work(index)) { IsBackground = true, Name = "sweep lane" })];
        try
        {
            foreach (Thread thread in threads) thread.Start();
            // Workers start meanwhile.
            if (command is not null) folder.Enlist(command, runs, schedule, cancellation);
            enlisted.Set();
            foreach (SweepEvent told in events.TakeAll(cancellation)) yield return told;
        }
        finally
        {
            // Also where the caller stops listening; workers are killed, so this does not wait for runs.
            queue.Stop();
            ending.Cancel();
            foreach (Thread thread in threads) thread.Join();
        }
        if (fatal is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fatal);

        void Work(int index)
        {
            using var lane = new SweepLane(folder, owner, options, launch, index, events.Add);
            try
            {
                lane.Start(ending.Token);
                enlisted.Wait(ending.Token);
                while (queue.Take(ending.Token) is { } task)
                {
                    RunRow row = lane.Run(task, ending.Token);
                    queue.Ended(task, row, index);
                    if (!options.StopOnFailure || row.Result is { IsFailure: false }) continue;
                    StoppedBy ??= row;
                    queue.Stop();
                    ending.Cancel();
                }
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                // The run that was under way is pending again.
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref fatal, error, null);
                queue.Stop();
                ending.Cancel();
            }
            finally
            {
                if (Interlocked.Decrement(ref alive) == 0) events.Close();
            }
        }
    }
}
