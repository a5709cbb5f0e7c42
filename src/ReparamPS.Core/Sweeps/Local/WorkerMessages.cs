using ReparamPS.Data;

namespace ReparamPS.Sweeps.Local;

/// <summary>
/// What a coordinator and its worker say to each other: a line of JSON each, over two pipes of their own, so that nothing a run prints or reads gets between them.
/// The coordinator says which run comes next; all else is in the sweep's folder. When the coordinator dies its pipe ends, and the worker with it.
/// </summary>
internal static class WorkerMessages
{
    /// <summary>The column that says what a message is.</summary>
    public const string Kind = "Kind";

    /// <summary>Worker: ready for runs.</summary>
    public const string Ready = "ready";

    /// <summary>Coordinator: run this (Id, Attempt, Budget, IsFull, Pruner).</summary>
    public const string Run = "run";

    /// <summary>Coordinator: end the run that is under way, which may keep what it has.</summary>
    public const string Stop = "stop";

    /// <summary>Worker: the run was ended so, and has no result.</summary>
    public const string Stopped = "stopped";

    /// <summary>Worker: how far the run is (Text, Percent).</summary>
    public const string Progress = "progress";

    /// <summary>Worker: the result is in the run's folder.</summary>
    public const string Ended = "ended";

    /// <summary>Worker: the result could not be written (Text).</summary>
    public const string Broken = "broken";

    /// <summary>A message.</summary>
    public static ExperimentRow Of(string kind, params (string Name, object? Value)[] more) =>
        new([Kind, .. more.Select(pair => pair.Name)], [kind, .. more.Select(pair => pair.Value)]);
}
