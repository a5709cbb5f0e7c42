using ReparamPS.Data;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>The output of a run while it executes.</summary>
public interface IRunOutput
{
    /// <summary>Adds a row to the result.</summary>
    void AddRow(ExperimentRow row);

    /// <summary>Adds a printed line to the log.</summary>
    void Print(string line);

    /// <summary>Reports the progress.</summary>
    void Progress(string text, int percent);
}

/// <summary>A run to execute.</summary>
/// <param name="Command">The command.</param>
/// <param name="Spec">The settings.</param>
/// <param name="Folder">The run's folder, where it may save files.</param>
/// <param name="CheckpointFolder">Where a training saves its checkpoint, to resume from after an interruption.</param>
/// <param name="Budget">The budget that the run is to reach; null without a strategy.</param>
public sealed record RunRequest(SweepCommand Command, RunSpec Spec, string Folder, string CheckpointFolder, int? Budget)
{
    /// <summary>Exit codes, besides 0, with which the run counts as done.</summary>
    public IReadOnlyList<int> AllowedExitCodes { get; init; } = [];

    /// <summary>The settings, including the budget.</summary>
    public ExperimentRow Settings => Spec.SettingsAt(Budget);
}

/// <summary>How an execution ended.</summary>
/// <param name="Status">The run's state.</param>
/// <param name="Message">What went wrong; null if nothing did.</param>
/// <param name="Place">Where it went wrong.</param>
public sealed record RunOutcome(RunStatus Status, string? Message = null, string? Place = null)
{
    /// <summary>The first output that is not in the rows, and why; null if all are.</summary>
    public string? LeftOut { get; init; }
}

/// <summary>Executes runs. What it throws is the run's failure.</summary>
public interface IRunExecutor
{
    /// <summary>Executes a run.</summary>
    RunOutcome Execute(RunRequest request, IRunOutput output);

    /// <summary>Starts a batch.</summary>
    /// <returns>Prepares a run: does what only one run at a time can do, and returns the rest, which is executed on another thread, beside other runs.</returns>
    Func<RunRequest, IRunOutput, Func<RunOutcome>> BeginBatch();

    /// <summary>Ends all runs; called on another thread.</summary>
    void Stop();
}
