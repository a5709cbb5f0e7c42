using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>What a sweep under way tells.</summary>
public abstract record SweepEvent;

/// <summary>A worker began a run.</summary>
/// <param name="Worker">The worker's number, from 0 on.</param>
/// <param name="Spec">The run.</param>
/// <param name="Budget">The budget that it is to reach; null where there is no strategy.</param>
public sealed record RunStartedEvent(int Worker, RunSpec Spec, int? Budget) : SweepEvent;

/// <summary>A run tells how far it is.</summary>
/// <param name="Worker">The worker's number, from 0 on.</param>
/// <param name="Text">What it says.</param>
/// <param name="Percent">How far it is; −1 where that is not known.</param>
public sealed record RunProgressEvent(int Worker, string Text, int Percent) : SweepEvent;

/// <summary>A run has ended, now or before the sweep began.</summary>
/// <param name="Run">The run.</param>
/// <param name="Worker">The worker that ran it; null where it had ended before, or another coordinator ran it.</param>
public sealed record RunEndedEvent(RunRow Run, int? Worker) : SweepEvent;
