using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>Waits for runs that other processes execute.</summary>
public static class SweepReceiver
{
    // A task that is queued again is in no list for a moment, so one answer is not enough.
    private const int PollMilliseconds = 500, AskMilliseconds = 5_000, IdleAnswers = 3;

    /// <summary>The runs as they end.</summary>
    /// <param name="folder">The sweep's folder.</param>
    /// <param name="runs">The runs to wait for.</param>
    /// <param name="isActive">Whether any process still works on the sweep; asked now and then while no run ends.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="SweepException">No process works on the sweep any more, and runs are left.</exception>
    public static IEnumerable<RunRow> Wait(SweepFolder folder, IReadOnlyList<RunSpec> runs, Func<bool> isActive, CancellationToken cancellation)
    {
        List<RunSpec> waited = [.. runs];
        long asked = Environment.TickCount64;
        int idle = 0;
        while (true)
        {
            List<RunRow> ended = [];
            HashSet<string> undecided = folder.ReadUndecided();
            waited.RemoveAll(spec =>
            {
                var row = RunRow.Read(folder, spec, undecided);
                if (row.Result is null || row.Status == RunStatus.Pending) return false;
                ended.Add(row);
                return true;
            });
            foreach (RunRow row in ended) yield return row;
            if (waited.Count == 0) yield break;
            if (idle == IdleAnswers) throw new SweepException($"{waited.Count} of {runs.Count} runs of '{ShortText.Of(folder.Path)}' have not ended, and no process is working on them. To execute them, repeat the sweep or use Invoke-ExperimentSweep -Resume.");
            if (ended.Count == 0 && Environment.TickCount64 - asked >= AskMilliseconds)
            {
                asked = Environment.TickCount64;
                idle = isActive() ? 0 : idle + 1;
                // One more look after the last answer: a run may have ended in between.
                if (idle == IdleAnswers) continue;
            }
            cancellation.WaitHandle.WaitOne(PollMilliseconds);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
