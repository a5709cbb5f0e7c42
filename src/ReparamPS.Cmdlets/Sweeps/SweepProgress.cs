using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using ReparamPS.Data;
using ReparamPS.Sweeps;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>The progress bars of a sweep: one for the whole with the time left, one for each worker. At most five are drawn a second, whatever is told.</summary>
internal sealed class SweepProgress(int total, int workers, Action<ProgressRecord> write)
{
    private const int Milliseconds = 200, SweepId = 7100;
    private const string Activity = "Sweep";

    private readonly string?[] texts = new string?[workers];
    private readonly int[] percents = new int[workers];
    private readonly long clock = Stopwatch.GetTimestamp();
    private long last = Stopwatch.GetTimestamp();
    private int ended, ran, failed, next;

    /// <summary>Takes note, and draws the next bar if it is time to.</summary>
    public void Tell(SweepEvent told)
    {
        switch (told)
        {
            case RunStartedEvent started:
                (texts[started.Worker], percents[started.Worker]) = (Describe(started), -1);
                break;
            case RunProgressEvent progress:
                (texts[progress.Worker], percents[progress.Worker]) = (progress.Text, progress.Percent);
                break;
            case RunEndedEvent over:
                ended++;
                if (over.Worker is not null) ran++;
                if (over.Run.Result is { IsFailure: true }) failed++;
                break;
        }
        if (Stopwatch.GetElapsedTime(last).TotalMilliseconds < Milliseconds) return;
        last = Stopwatch.GetTimestamp();
        if (next < workers && texts[next] is not null) write(WorkerBar(next, ProgressRecordType.Processing));
        else write(SweepBar(ProgressRecordType.Processing));
        next = (next + 1) % (workers + 1);
    }

    /// <summary>Takes the bars away.</summary>
    public void Complete()
    {
        for (int i = 0; i < workers; i++) if (texts[i] is not null) write(WorkerBar(i, ProgressRecordType.Completed));
        write(SweepBar(ProgressRecordType.Completed));
    }

    private static string Describe(RunStartedEvent started)
    {
        ExperimentRow settings = started.Spec.SettingsAt(started.Budget);
        return string.Join(", ", settings.Columns.Zip(settings.Values, (name, value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value}")));
    }

    private ProgressRecord SweepBar(ProgressRecordType type) =>
        new(SweepId, Activity, string.Create(CultureInfo.InvariantCulture, $"{ended} of {total} runs, {failed} failed"))
        {
            PercentComplete = total == 0 ? 100 : Math.Min(100, 100 * ended / total),
            SecondsRemaining = ran == 0 ? -1 : (int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(clock).TotalSeconds / ran * Math.Max(0, total - ended)),
            RecordType = type,
        };

    private ProgressRecord WorkerBar(int worker, ProgressRecordType type) =>
        new(SweepId + 1 + worker, string.Create(CultureInfo.InvariantCulture, $"Worker {worker + 1}"), string.IsNullOrEmpty(texts[worker]) ? "running" : texts[worker])
        {
            ParentActivityId = SweepId,
            PercentComplete = Math.Clamp(percents[worker], -1, 100),
            RecordType = type,
        };
}
