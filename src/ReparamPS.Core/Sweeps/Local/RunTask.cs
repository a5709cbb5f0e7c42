using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>The work of one worker: a run, and its budget if a strategy divides it.</summary>
/// <param name="Spec">The run.</param>
/// <param name="Budget">The budget that the run is to reach; null without a strategy.</param>
/// <param name="IsFull">Whether that is all of it.</param>
internal sealed record RunTask(RunSpec Spec, int? Budget = null, bool IsFull = true);

/// <summary>Where the runs of a sweep come from. One thread at a time asks.</summary>
internal interface IRunSource
{
    /// <summary>Claims a run for a free worker.</summary>
    /// <param name="owner">The owner that claims.</param>
    /// <param name="task">The work; null if there is none now.</param>
    /// <returns>False if there is none now or later.</returns>
    bool TryTake(string owner, out RunTask? task);

    /// <summary>Claims more runs for a worker that has taken one.</summary>
    /// <param name="owner">The owner that claims.</param>
    /// <param name="fits">Whether a run may be executed together with that one.</param>
    /// <param name="count">The maximum number.</param>
    IReadOnlyList<RunTask> TakeMore(string owner, Func<RunTask, bool> fits, int count);

    /// <summary>Notes that a worker has finished a task.</summary>
    void Ended(RunTask task, RunRow row, int worker);
}
