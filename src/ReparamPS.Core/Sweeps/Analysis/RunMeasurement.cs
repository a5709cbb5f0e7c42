using ReparamPS.Data;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Analysis;

/// <summary>What the rows of runs say about a metric: over groups of equal settings, and about the settings themselves.</summary>
/// <param name="metric">The column that is measured.</param>
/// <param name="maximize">Whether larger is better.</param>
public sealed class RunMeasurement(string metric, bool maximize)
{
    private static readonly string[] GroupColumns = ["Metric", "Count", "Missing", "Mean", "StandardError", "StdDev", "Best", "BestRunId", "BestSeed"];

    private readonly List<ExperimentRow> rows = [];

    /// <summary>Adds a run's row.</summary>
    public void Add(ExperimentRow row) => rows.Add(row);

    /// <summary>Runs that are not done are Missing, whatever rows they wrote. A setting with the name of a column gets 'Setting' before it. One row per group: the settings that it shares, how many runs have the metric, its mean, standard error and standard deviation, the best value and its run.</summary>
    public IEnumerable<ExperimentRow> Groups(IReadOnlyList<string> settings)
    {
        CheckColumns(settings);
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(row => Key(row, settings)))
        {
            List<(double Value, ExperimentRow Row)> known = Known(group);
            ExperimentRow? best = Best(known);
            double mean = known.Count == 0 ? double.NaN : known.Average(pair => pair.Value);
            double deviation = known.Count < 2 ? double.NaN : Math.Sqrt(known.Sum(pair => (pair.Value - mean) * (pair.Value - mean)) / (known.Count - 1));
            yield return new ExperimentRow(
                [.. settings.Select(Named), .. GroupColumns],
                [
                    .. settings.Select(name => group.First()[name]), metric, known.Count, group.Count() - known.Count, mean, deviation / Math.Sqrt(known.Count), deviation,
                    best is null ? null : Number(best), best?["RunId"], best?["Seed"],
                ]);
        }
    }

    /// <summary>
    /// One row per setting, the most important first: the share of the metric's variance that lies between its values (η², the main effect), and the value whose runs are best on average.
    /// </summary>
    public IEnumerable<ExperimentRow> Effects(IReadOnlyList<string> settings)
    {
        CheckColumns(settings);
        List<(double Value, ExperimentRow Row)> known = Known(rows);
        if (known.Count == 0) return [];
        double mean = known.Average(pair => pair.Value), total = known.Sum(pair => (pair.Value - mean) * (pair.Value - mean));
        return settings.Select(setting =>
        {
            var levels = known.GroupBy(pair => Key(pair.Row, [setting]))
                .Select(level => (Setting: level.First().Row[setting], Count: level.Count(), Mean: level.Average(pair => pair.Value))).ToList();
            double between = levels.Sum(level => level.Count * (level.Mean - mean) * (level.Mean - mean));
            var best = maximize ? levels.MaxBy(level => level.Mean) : levels.MinBy(level => level.Mean);
            return (Share: total > 0 ? between / total : 0, Row: new ExperimentRow(
                ["Setting", "Metric", "Levels", "Share", "BestValue", "BestMean", "Count"],
                [setting, metric, levels.Count, total > 0 ? between / total : 0.0, best.Setting, best.Mean, known.Count]));
        }).Where(effect => (int)effect.Row["Levels"]! > 1).OrderByDescending(effect => effect.Share).Select(effect => effect.Row);
    }

    private static string Named(string setting) =>
        GroupColumns.Contains(setting, StringComparer.OrdinalIgnoreCase) ? "Setting" + setting : setting;

    private static string Key(ExperimentRow row, IReadOnlyList<string> settings) =>
        SettingsText.Of(new ExperimentRow(settings, [.. settings.Select(name => row[name])]));

    private List<(double Value, ExperimentRow Row)> Known(IEnumerable<ExperimentRow> from) =>
        [.. from.Select(row => (Value: Number(row), Row: row)).Where(pair => double.IsFinite(pair.Value))];

    private ExperimentRow? Best(List<(double Value, ExperimentRow Row)> known) =>
        known.Count == 0 ? null : (maximize ? known.MaxBy(pair => pair.Value) : known.MinBy(pair => pair.Value)).Row;

    // What a run gave before it failed, or was stopped, is not its metric.
    private double Number(ExperimentRow row) => row["RunId"] is not null && row["Status"] is string status && status != nameof(RunStatus.Done) ? double.NaN : RunMetric.Of(row, metric);

    private void CheckColumns(IReadOnlyList<string> settings)
    {
        foreach (string name in settings.Prepend(metric))
        {
            if (rows.Count > 0 && !rows.Exists(row => row.Columns.Contains(name, StringComparer.OrdinalIgnoreCase)))
                throw new ArgumentException($"{name}: no run has this column; the first has {string.Join(", ", rows[0].Columns)}.", name);
        }
    }
}
