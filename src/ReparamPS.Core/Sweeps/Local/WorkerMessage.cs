using System.Text.Json.Serialization;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Local;

/// <summary>The kind of a message between a coordinator and its worker.</summary>
internal enum WorkerMessageKind
{
    /// <summary>Worker: ready for runs.</summary>
    Ready,

    /// <summary>Coordinator: execute this run (Id, Attempt, Budget, IsPartial, Pruner, AllowedExitCodes), or wait for the others of its batch (BatchSize, AtOnce).</summary>
    Run,

    /// <summary>Coordinator: end the current run, which may save its state.</summary>
    Stop,

    /// <summary>Worker: the run starts to execute.</summary>
    Begun,

    /// <summary>Worker: the run was ended so, and has no result.</summary>
    Stopped,

    /// <summary>Worker: the progress of the run (Text, Percent).</summary>
    Progress,

    /// <summary>Worker: the result is in the run's folder.</summary>
    Ended,

    /// <summary>Worker: the result could not be written (Text).</summary>
    Broken,
}

/// <summary>
/// What a coordinator and its worker say to each other: one line of JSON each, over two pipes of their own, so that nothing a run prints or reads gets between them.
/// All else is in the sweep's folder. When the coordinator dies, its pipe ends, and the worker with it.
/// </summary>
internal sealed record WorkerMessage(WorkerMessageKind Kind)
{
    /// <summary>The run's id.</summary>
    public string? Id { get; init; }

    /// <summary>The number of the attempt.</summary>
    public int Attempt { get; init; }

    /// <summary>The budget that the run is to reach; null without a strategy.</summary>
    public int? Budget { get; init; }

    /// <summary>Whether the full budget is larger.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Stops the run early; null lets it finish.</summary>
    public MedianPruner? Pruner { get; init; }

    /// <summary>Exit codes, besides 0, with which the run counts as done; null for none.</summary>
    public IReadOnlyList<int>? AllowedExitCodes { get; init; }

    /// <summary>The number of runs of its batch, each of which has a message; 0 for a run that is executed alone.</summary>
    public int BatchSize { get; init; }

    /// <summary>The number of runs of the batch that execute at the same time.</summary>
    public int AtOnce { get; init; }

    /// <summary>What the run or the worker says.</summary>
    public string? Text { get; init; }

    /// <summary>The progress, in percent; −1 if unknown.</summary>
    public int Percent { get; init; }
}

/// <summary>The generated code for messages.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(WorkerMessage))]
internal sealed partial class WorkerMessages : JsonSerializerContext;
