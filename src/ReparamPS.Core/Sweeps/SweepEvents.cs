using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>What an engine reports.</summary>
public abstract record SweepEvent;

/// <summary>A worker started a run.</summary>
/// <param name="Worker">The worker's number, from 0.</param>
/// <param name="Spec">The run.</param>
/// <param name="Budget">The budget that it is to reach; null without a strategy.</param>
public sealed record RunStartedEvent(int Worker, RunSpec Spec, int? Budget) : SweepEvent;

/// <summary>The progress of a run.</summary>
/// <param name="Worker">The worker's number, from 0.</param>
/// <param name="Text">What the run says.</param>
/// <param name="Percent">The progress, in percent; −1 if unknown.</param>
public sealed record RunProgressEvent(int Worker, string Text, int Percent) : SweepEvent;

/// <summary>A run has ended, now or before the sweep started.</summary>
/// <param name="Run">The run.</param>
/// <param name="Worker">The worker that executed it; null if it had ended before, or another coordinator executed it.</param>
public sealed record RunEndedEvent(RunRow Run, int? Worker) : SweepEvent;

/// <summary>A failure ended the sweep, as the options demand.</summary>
/// <param name="Failure">The run that failed.</param>
public sealed record SweepStoppedEvent(RunRow Failure) : SweepEvent;

/// <summary>The time budget was used up before all runs were started.</summary>
public sealed record SweepOutOfTimeEvent : SweepEvent;

/// <summary>Another process asked the sweep to stop.</summary>
public sealed record SweepInterruptedEvent : SweepEvent;

/// <summary>An engine's workers execute the runs without this process.</summary>
/// <param name="Description">What was submitted.</param>
public sealed record SweepSubmittedEvent(string Description) : SweepEvent;
