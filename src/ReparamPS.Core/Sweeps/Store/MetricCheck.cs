using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Store;

/// <summary>Refuses a metric that no run has. One run may lack it. If the first ones all lack it, its name is wrong.</summary>
internal sealed class MetricCheck(string metric)
{
    private const int RunsWithoutMetric = 3;

    private readonly HashSet<string> without = [];
    private ExperimentRow? lacking;
    private bool isKnown;

    /// <summary>Adds a run that has ended.</summary>
    /// <param name="id">The run.</param>
    /// <param name="rows">The rows in which the metric is wanted; not read once a run has it.</param>
    public void Add(string id, IEnumerable<ExperimentRow> rows)
    {
        if (isKnown) return;
        foreach (ExperimentRow row in rows)
        {
            if (RunMetric.Of(row, metric) is not null)
            {
                isKnown = true;
                return;
            }
            lacking ??= row;
        }
        without.Add(id);
    }

    /// <summary>Refuses the metric if enough runs have ended and none has it.</summary>
    /// <param name="runs">The number of runs that have not failed.</param>
    /// <exception cref="ArgumentException">No run has a number in the metric's column.</exception>
    public void ThrowIfUnknown(int runs)
    {
        if (isKnown || without.Count < Math.Clamp(runs, 1, RunsWithoutMetric)) return;
        throw new ArgumentException($"Metric: {Problem(ShortText.Of(metric))}", nameof(HalvingOptions.Metric));
    }

    private string Problem(string name)
    {
        if (lacking is null) return $"the runs returned no rows, so they have no column '{name}'. Return an object with that property.";
        if (!lacking.Columns.Contains(metric, StringComparer.OrdinalIgnoreCase))
            return $"the rows of the runs have no column '{name}'; they have {ShortText.List(lacking.Columns)}.{NearNames.Hint(metric, lacking.Columns)}";
        string[] numbers = [.. lacking.Columns.Where(column => RunMetric.Of(lacking, column) is not null)];
        return $"the column '{name}' holds no number in the rows of the runs.{(numbers.Length == 0 ? "" : $" Columns with numbers: {ShortText.List(numbers)}.")}";
    }
}
