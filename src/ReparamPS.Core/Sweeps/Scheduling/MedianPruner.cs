namespace ReparamPS.Sweeps.Scheduling;

/// <summary>
/// Stops a run whose best value so far is worse than the median of the finished runs' values at the same step, a step being a row (the rule of Optuna's MedianPruner; Golovin et al. 2017).
/// </summary>
/// <param name="Metric">The column to compare.</param>
/// <param name="Maximize">Whether larger is better.</param>
/// <param name="StartupRuns">The number of finished runs before any run is stopped.</param>
/// <param name="WarmupSteps">The number of first rows of a run at which it is not stopped.</param>
public sealed record MedianPruner(string Metric, bool Maximize, int StartupRuns = 5, int WarmupSteps = 0)
{
    /// <summary>Whether to stop a run.</summary>
    /// <param name="values">Its values so far, one per row; null for a row without one, after which it is not stopped.</param>
    /// <param name="done">The values of the finished runs.</param>
    public bool IsPruned(IReadOnlyList<double?> values, IReadOnlyCollection<IReadOnlyList<double?>> done)
    {
        int step = values.Count;
        if (step == 0 || step <= WarmupSteps || values[^1] is null || done.Count == 0 || done.Count < StartupRuns) return false;
        double[] known = [.. Numbers(values)];
        if (known.Length == 0) return true;
        double[] atStep = [.. Numbers(done.Where(run => run.Count >= step).Select(run => run[step - 1])).Order()];
        if (atStep.Length == 0) return false;
        double median = (atStep[(atStep.Length - 1) / 2] + atStep[atStep.Length / 2]) / 2;
        return Maximize ? known.Max() < median : known.Min() > median;
    }

    private static IEnumerable<double> Numbers(IEnumerable<double?> values) => values.OfType<double>().Where(value => !double.IsNaN(value));
}
