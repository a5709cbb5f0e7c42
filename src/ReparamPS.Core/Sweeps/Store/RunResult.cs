using System.Text.Json.Serialization;

namespace ReparamPS.Sweeps.Store;

/// <summary>How a run ended.</summary>
/// <param name="Status">Its state.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Started">When the attempt started (UTC).</param>
/// <param name="Seconds">How long it took, in seconds.</param>
/// <param name="Host">The machine that it ran on.</param>
/// <param name="Message">What went wrong; null if nothing did.</param>
/// <param name="Place">Where it went wrong.</param>
public sealed record RunResult(
    [property: JsonRequired] RunStatus Status, int Attempt, [property: JsonRequired] DateTime Started, double Seconds, string Host,
    [property: JsonPropertyOrder(1)] string? Message = null, [property: JsonPropertyOrder(1)] string? Place = null)
{
    /// <summary>The number of its rows.</summary>
    public long Rows { get; init; }

    /// <summary>The budget that the sweep's strategy gave it; null without a strategy.</summary>
    public int? Budget { get; init; }

    /// <summary>The first output that is not in the rows, and why; null if all are.</summary>
    [JsonPropertyOrder(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LeftOut { get; init; }

    /// <summary>Whether it went wrong.</summary>
    [JsonIgnore]
    public bool IsFailure => Status is not (RunStatus.Done or RunStatus.Pruned);
}
