using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>The runs that an engine is to execute, and how.</summary>
/// <param name="Command">The command of new runs, whose folders the engine creates; null if all runs exist.</param>
/// <param name="Runs">The runs, in their order.</param>
/// <param name="Schedule">How the budget is divided over them; null if each is executed once.</param>
/// <param name="Options">How to execute them.</param>
public sealed record SweepWork(SweepCommand? Command, IReadOnlyList<RunSpec> Runs, SweepSchedule? Schedule, SweepOptions Options);
