using System.Diagnostics;

namespace ReparamPS.Sweeps;

/// <summary>Executes the parts of a sweep one after the other: the runs without a strategy, and the runs of each strategy. MaxRuns, TimeBudget, StopOnFailure and a request to stop hold for all parts together.</summary>
public static class SweepParts
{
    /// <summary>Executes the parts, and reports their runs as they end. Once the sweep is to stop, the other parts only report the runs that have ended already.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="cancellation">Ends the call.</param>
    public static IEnumerable<SweepEvent> Run(ISweepEngine engine, IReadOnlyList<SweepWork> parts, CancellationToken cancellation)
    {
        long clock = Stopwatch.GetTimestamp();
        // A retry does not count as another start.
        HashSet<(string Run, int? Budget)> started = [];
        bool isOver = false;
        foreach (SweepWork part in parts)
        {
            SweepOptions options = part.Options with
            {
                MaxRuns = isOver ? 0 : part.Options.MaxRuns - started.Count,
                TimeBudget = part.Options.TimeBudget is { } budget ? TimeSpan.FromTicks(Math.Max(0, (budget - Stopwatch.GetElapsedTime(clock)).Ticks)) : null,
            };
            foreach (SweepEvent report in engine.Run(part with { Options = options }, cancellation))
            {
                if (report is RunStartedEvent start) started.Add((start.Spec.Id, start.Budget));
                isOver |= report is SweepStoppedEvent or SweepOutOfTimeEvent or SweepInterruptedEvent;
                yield return report;
            }
        }
    }
}
