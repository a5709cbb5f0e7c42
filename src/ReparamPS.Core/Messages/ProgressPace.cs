using System.Diagnostics;

namespace ReparamPS.Messages;

/// <summary>When progress may be shown: after a first wait, then at most five times a second.</summary>
/// <param name="firstWait">The first wait.</param>
public sealed class ProgressPace(TimeSpan firstWait)
{
    /// <summary>The time between two reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private TimeSpan wait = firstWait;
    private long last = Stopwatch.GetTimestamp();

    /// <summary>Waits for one interval first.</summary>
    public ProgressPace() : this(Interval) { }

    /// <summary>Whether a report was due yet.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether a report is due now; the next one is due an interval later.</summary>
    public bool IsDue()
    {
        if (Stopwatch.GetElapsedTime(last) < wait) return false;
        (last, wait, HasBegun) = (Stopwatch.GetTimestamp(), Interval, true);
        return true;
    }
}
