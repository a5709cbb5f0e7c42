using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps;

/// <summary>What a worker is given to do: a run, and where a strategy divides the budget, how much of it.</summary>
/// <param name="Spec">The run.</param>
/// <param name="Budget">The budget that the run is to reach; null where there is no strategy.</param>
/// <param name="IsFull">Whether that is all of it.</param>
internal sealed record RunTask(RunSpec Spec, int? Budget = null, bool IsFull = true);

/// <summary>Where the runs of a sweep come from. One thread at a time asks.</summary>
internal interface IRunSource
{
    /// <summary>Claims a run for a worker that is free.</summary>
    /// <param name="owner">The owner that claims.</param>
    /// <param name="task">What is to be done; null where there is nothing now.</param>
    /// <returns>Whether there was something, or may be later; false ends the sweep.</returns>
    bool TryTake(string owner, out RunTask? task);

    /// <summary>Takes note that a worker is through with what it took.</summary>
    void Ended(RunTask task, RunRow row, int worker);
}
