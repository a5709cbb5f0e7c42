using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>How a run ended.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Attempt">The attempt that this is, from 1 on.</param>
/// <param name="Started">When the attempt began (UTC).</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Host">The machine that it ran on.</param>
/// <param name="Message">What went wrong; null where nothing did.</param>
/// <param name="Place">Where it went wrong.</param>
public sealed record RunResult(RunStatus Status, int Attempt, DateTime Started, double Seconds, string Host, string? Message = null, string? Place = null)
{
    /// <summary>How many rows it gave.</summary>
    public long Rows { get; init; }

    /// <summary>The budget that it was given by the sweep's strategy; null where there is none.</summary>
    public int? Budget { get; init; }

    /// <summary>Whether it went wrong.</summary>
    public bool IsFailure => Status is not (RunStatus.Done or RunStatus.Pruned);

    internal ExperimentRow ToRow() => new(
        [nameof(Status), nameof(Attempt), nameof(Started), nameof(Seconds), nameof(Host), nameof(Rows), nameof(Budget), nameof(Message), nameof(Place)],
        [Status.ToString(), Attempt, Started, Seconds, Host, Rows, Budget, Message, Place]);

    internal static RunResult? From(ExperimentRow? row)
    {
        if (row is null || !Enum.TryParse(row[nameof(Status)] as string, out RunStatus status) || row[nameof(Started)] is not DateTime started) return null;
        return new RunResult(
            status, Convert.ToInt32(row[nameof(Attempt)], null), started, Convert.ToDouble(row[nameof(Seconds)], null),
            row[nameof(Host)] as string ?? "", row[nameof(Message)]?.ToString(), row[nameof(Place)]?.ToString())
        {
            Rows = Convert.ToInt64(row[nameof(Rows)], null),
            Budget = row[nameof(Budget)] is { } budget ? Convert.ToInt32(budget, null) : null,
        };
    }
}
