using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>The progress bars of a sweep: one for the whole with the remaining time, and one per worker. At most five are drawn per second.</summary>
internal sealed class SweepProgress(int total, Action<ProgressRecord> write)
{
    private const int SweepId = 7100;
    private const string Activity = "Sweep";

    private readonly SortedDictionary<int, (string Text, int Percent)> workers = [];
    private readonly long clock = Stopwatch.GetTimestamp();
    private readonly ProgressPace pace = new();
    private int ended, executed, failed, next;

    /// <summary>Notes a report, and draws the next bar if it is time to.</summary>
    public void Add(SweepEvent report)
    {
        switch (report)
        {
            case RunStartedEvent started:
                workers[started.Worker] = (Describe(started), -1);
                break;
            case RunProgressEvent progress:
                workers[progress.Worker] = (progress.Text, progress.Percent);
                break;
            case RunEndedEvent over:
                ended++;
                if (over.Worker is not null) executed++;
                if (over.Run.Result is { IsFailure: true }) failed++;
                break;
        }
        if (!pace.IsDue()) return;
        write(next < workers.Count ? WorkerBar(workers.Keys.ElementAt(next), ProgressRecordType.Processing) : SweepBar(ProgressRecordType.Processing));
        next = (next + 1) % (workers.Count + 1);
    }

    /// <summary>Removes the bars.</summary>
    public void Complete()
    {
        foreach (int worker in workers.Keys) write(WorkerBar(worker, ProgressRecordType.Completed));
        write(SweepBar(ProgressRecordType.Completed));
    }

    private static string Describe(RunStartedEvent started)
    {
        ExperimentRow settings = started.Spec.SettingsAt(started.Budget);
        return string.Join(", ", settings.Columns.Zip(settings.Values, (name, value) => ShortText.Of(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"))));
    }

    private ProgressRecord SweepBar(ProgressRecordType type) =>
        new(SweepId, Activity, string.Create(CultureInfo.InvariantCulture, $"{ended} of {total} runs, {failed} failed"))
        {
            PercentComplete = total == 0 ? 100 : Math.Min(100, 100 * ended / total),
            SecondsRemaining = executed == 0 ? -1 : (int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(clock).TotalSeconds / executed * Math.Max(0, total - ended)),
            RecordType = type,
        };

    private ProgressRecord WorkerBar(int worker, ProgressRecordType type)
    {
        (string text, int percent) = workers[worker];
        return new ProgressRecord(SweepId + 1 + worker, string.Create(CultureInfo.InvariantCulture, $"Worker {worker + 1}"), text.Length == 0 ? "running" : text)
        {
            ParentActivityId = SweepId,
            PercentComplete = Math.Clamp(percent, -1, 100),
            RecordType = type,
        };
    }
}
