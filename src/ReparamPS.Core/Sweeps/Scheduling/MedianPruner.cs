using ReparamPS.Data;

namespace ReparamPS.Sweeps.Scheduling;

/// <summary>
/// Stops a run whose best value so far is worse than the median of what the runs that are done had at the same step, a step being a row (the rule of Optuna's MedianPruner; Golovin et al. 2017).
/// </summary>
/// <param name="Metric">The column that is compared.</param>
/// <param name="Maximize">Whether larger is better.</param>
/// <param name="StartupRuns">How many runs have to be done before any is stopped.</param>
/// <param name="WarmupSteps">The rows of each run at which it isn't stopped.</param>
public sealed record MedianPruner(string Metric, bool Maximize, int StartupRuns = 5, int WarmupSteps = 0)
{
    /// <summary>Whether to stop a run.</summary>
    /// <param name="values">Its values so far; NaN where a row has none.</param>
    /// <param name="done">The values of the runs that are done.</param>
    public bool IsPruned(IReadOnlyList<double> values, IReadOnlyCollection<IReadOnlyList<double>> done)
    {
        int step = values.Count;
        if (step == 0 || step <= WarmupSteps || done.Count == 0 || done.Count < StartupRuns) return false;
        double[] there = [.. done.Where(run => run.Count >= step && !double.IsNaN(run[step - 1])).Select(run => run[step - 1]).Order()];
        if (there.Length == 0) return false;
        double median = (there[(there.Length - 1) / 2] + there[there.Length / 2]) / 2;
        double[] known = [.. values.Where(value => !double.IsNaN(value))];
        return known.Length == 0 || (Maximize ? known.Max() < median : known.Min() > median);
    }

    internal ExperimentRow ToRow() => new([nameof(Metric), nameof(Maximize), nameof(StartupRuns), nameof(WarmupSteps)], [Metric, Maximize, StartupRuns, WarmupSteps]);

    internal static MedianPruner? From(object? row) => row is not ExperimentRow pruner ? null : new(
        (string)pruner[nameof(Metric)]!, (bool)pruner[nameof(Maximize)]!, Convert.ToInt32(pruner[nameof(StartupRuns)], null), Convert.ToInt32(pruner[nameof(WarmupSteps)], null));
}
