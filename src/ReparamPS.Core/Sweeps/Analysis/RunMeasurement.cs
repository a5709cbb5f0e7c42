using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Analysis;

/// <summary>Measures a metric over the rows of runs: for groups of equal settings, and for the settings themselves. Runs of different commands, or versions of a script, are never mixed.</summary>
/// <param name="metric">The column to measure.</param>
public sealed class RunMeasurement(string metric)
{
    /// <summary>The column that says to which command, or version of a script, a run belongs.</summary>
    public const string CommandColumn = "CommandId";

    private static readonly string[] GroupColumns = ["Metric", "Count", "Missing", "Mean", "StandardError", "StdDev", "Best", "BestRunId", "BestSeed"];

    // Half the distance from 1 to the next number, and the same again for the sum.
    private const double RelativeRounding = 2.3e-16;

    private readonly List<ExperimentRow> rows = [];

    /// <summary>Whether larger is better.</summary>
    public bool Maximize { get; set; }

    /// <summary>The number of rows.</summary>
    public int Count => rows.Count;

    /// <summary>Adds a run's row.</summary>
    public void Add(ExperimentRow row) => rows.Add(row);

    /// <summary>Checks that one of some runs has a metric.</summary>
    /// <exception cref="ArgumentException">No run has it, or it is not a number.</exception>
    public static void CheckMetric(string metric, IEnumerable<ExperimentRow> rows)
    {
        var measurement = new RunMeasurement(metric);
        measurement.rows.AddRange(rows);
        measurement.CheckMetric();
    }

    /// <summary>Checks that a run has the metric.</summary>
    /// <exception cref="ArgumentException">No run has it, or it is not a number.</exception>
    public void CheckMetric() => CheckColumns([]);

    /// <summary>What to know if the rows are those of runs that returned nothing; null if a run has returned a row.</summary>
    /// <param name="rows">The rows of runs.</param>
    /// <param name="settings">The columns that hold settings.</param>
    public static string? WithoutOutput(IReadOnlyCollection<ExperimentRow> rows, IReadOnlyCollection<string> settings)
    {
        var inputs = new HashSet<string>(settings, StringComparer.OrdinalIgnoreCase);
        if (rows.Count == 0 || rows.Any(row => RunRow.StatusOf(row) is null || !row.Columns.All(column => inputs.Contains(column) || RunRow.IsOwnColumn(column)))) return null;
        RunStatus[] states = [.. rows.Select(row => RunRow.StatusOf(row)!.Value)];
        string counts = string.Join(", ", states.GroupBy(state => state).OrderBy(state => state.Key).Select(state => $"{state.Count()} {state.Key}"));
        string advice = states.Any(state => state is RunStatus.Pending or RunStatus.Running) ? "Try again when a run has returned one."
            : states.All(state => state == RunStatus.Done) ? "The command must return a number or an object." : "Get-ExperimentRun shows the messages of the runs.";
        return $"No run has returned a row ({counts}). {advice}";
    }

    /// <summary>Refuses a setting as the metric: a run gets it, and does not compute it.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="rows">The rows of runs.</param>
    /// <param name="settings">The columns that hold settings.</param>
    /// <exception cref="ArgumentException">The metric is a setting.</exception>
    public static void RefuseSetting(string metric, IEnumerable<ExperimentRow> rows, IReadOnlyCollection<string> settings)
    {
        if (!Has([.. settings], metric)) return;
        string[] returned = [.. rows.SelectMany(row => row.Columns).Where(name => !RunRow.IsOwnColumn(name)).Except(settings, StringComparer.OrdinalIgnoreCase).Distinct(StringComparer.OrdinalIgnoreCase)];
        throw new ArgumentException($"Metric must be a column that the runs returned; '{ShortText.Of(metric)}' is a setting.{(returned.Length > 0 ? $" Returned columns: {ShortText.List(returned)}." : "")}", "Metric");
    }

    /// <summary>Refuses groups of the metric's own values, and of numbers that runs returned: these measure nothing, as almost every run has other ones.</summary>
    /// <param name="groups">The columns whose values form the groups.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="rows">The rows of runs.</param>
    /// <param name="settings">The columns that hold settings; empty if they are unknown, and only the metric is refused then.</param>
    /// <exception cref="ArgumentException">A group is refused.</exception>
    public static void RefuseGroups(IReadOnlyList<string> groups, string metric, IReadOnlyList<ExperimentRow> rows, IReadOnlyCollection<string> settings)
    {
        string allowed = settings.Count == 0 ? "" : $" Settings: {ShortText.List([.. settings])}.";
        if (Has(groups, metric)) throw new ArgumentException($"GroupBy must name settings; '{ShortText.Of(metric)}' is the metric.{allowed}", "GroupBy");
        if (settings.Count == 0) return;
        // Rows of a run that differ in their step, such as the epochs of a training, are measured step by step.
        bool areSteps = rows.GroupBy(row => (row["RunId"], row["Started"])).Any(run => run.Key.Item1 is not null && run.Skip(1).Any());
        foreach (string name in groups)
        {
            string[] inputs = [.. settings];
            if (Has(inputs, name) || Has(inputs, RunRow.ColumnOf(name)) || Has([CommandColumn, "Run" + CommandColumn], name)) continue;
            if (!RunRow.IsOwnColumn(name) && (areSteps || !rows.Any(row => RunMetric.Of(row, name) is not null))) continue;
            throw new ArgumentException($"GroupBy: '{ShortText.Of(name)}' is not a setting of the runs.{allowed}", "GroupBy");
        }
    }

    /// <summary>The number of commands, or versions of a script, that the rows come from.</summary>
    public int CommandCount
    {
        get
        {
            string column = OwnCommandColumn;
            return rows.Select(row => row[column] as string).Distinct().Count();
        }
    }

    /// <summary>What to know about runs of several commands; null if they have one command.</summary>
    public string? CommandWarning => CommandCount > 1 ? $"The runs come from {CommandCount} different commands; two versions of a script count as two. Each is measured separately; see the column {OwnCommandColumn}." : null;

    /// <summary>The number of runs that are done and have a finite metric.</summary>
    public int KnownCount => Known(LastRows(rows, [])).Count;

    /// <summary>The number of runs.</summary>
    public int RunCount => LastRows(rows, []).Count;

    /// <summary><see cref="CommandColumn"/>, which has a prefix if a setting has its name.</summary>
    public string OwnCommandColumn => rows.Any(row => Has(row.Columns, "Run" + CommandColumn)) ? "Run" + CommandColumn : CommandColumn;

    /// <summary>
    /// One row per group: the settings that it shares, how many runs have the metric, its mean, standard error and standard deviation, the best value and its run. Runs that are not done are Missing, whatever rows they have.
    /// A setting named like a column gets the prefix 'Setting'. With runs of several commands, the first column is <see cref="OwnCommandColumn"/>.
    /// </summary>
    public IEnumerable<ExperimentRow> Groups(IReadOnlyList<string> settings)
    {
        CheckColumns(settings);
        IReadOnlyList<string> keys = CommandCount > 1 && !Has(settings, OwnCommandColumn) ? [OwnCommandColumn, .. settings] : settings;
        foreach (IGrouping<string, ExperimentRow> group in rows.GroupBy(row => Key(row, keys)))
        {
            List<ExperimentRow> runs = LastRows(group, keys);
            List<(double Value, ExperimentRow Row)> known = Known(runs);
            ExperimentRow? best = Best(known);
            Moments moments = Moments.Of([.. known.Select(pair => pair.Value)]);
            yield return new ExperimentRow(
                [.. keys.Select(Named), .. GroupColumns],
                [
                    .. keys.Select(name => Setting(group.First(), name)), metric, known.Count, runs.Count - known.Count, moments.Mean, moments.StandardError, moments.StandardDeviation,
                    best is null ? null : Number(best), best?["RunId"], best?["Seed"],
                ]);
        }
    }

    /// <summary>
    /// One row per setting, the most important first: the share of the metric's variance that lies between its values (η², the main effect), and the value whose runs are best on average.
    /// With runs of several commands, there is one such list for each.
    /// </summary>
    public IEnumerable<ExperimentRow> Effects(IReadOnlyList<string> settings)
    {
        CheckColumns(settings);
        string column = OwnCommandColumn;
        return CommandCount > 1
            ? rows.GroupBy(row => row[column] as string).SelectMany(command => Effects(settings, Known(LastRows(command, settings)))
                .Select(row => new ExperimentRow([column, .. row.Columns], [command.Key, .. row.Values])))
            : Effects(settings, Known(LastRows(rows, settings)));
    }

    private IEnumerable<ExperimentRow> Effects(IReadOnlyList<string> settings, List<(double Value, ExperimentRow Row)> known)
    {
        if (known.Count == 0) return [];
        double mean = known.Average(pair => pair.Value), total = known.Sum(pair => (pair.Value - mean) * (pair.Value - mean));
        // Equal values differ from their mean by rounding.
        double rounding = known.Max(pair => Math.Abs(pair.Value)) * RelativeRounding;
        bool varies = total > 4 * known.Count * rounding * rounding;
        return settings.Select(setting =>
        {
            var levels = known.GroupBy(pair => Key(pair.Row, [setting]))
                .Select(level => (Setting: Setting(level.First().Row, setting), Count: level.Count(), Mean: level.Average(pair => pair.Value))).ToList();
            double between = levels.Sum(level => level.Count * (level.Mean - mean) * (level.Mean - mean));
            var best = Maximize ? levels.MaxBy(level => level.Mean) : levels.MinBy(level => level.Mean);
            double share = varies ? Math.Min(1, between / total) : 0;
            return (Share: share, Row: new ExperimentRow(
                ["Setting", "Metric", "Levels", "Share", "BestValue", "BestMean", "Count"],
                [setting, metric, levels.Count, share, best.Setting, best.Mean, known.Count]));
        }).Where(effect => (int)effect.Row["Levels"]! > 1).OrderByDescending(effect => effect.Share).Select(effect => effect.Row);
    }

    private static string Named(string setting) => Has(GroupColumns, setting) ? "Setting" + setting : setting;

    private static string Key(ExperimentRow row, IReadOnlyList<string> settings) =>
        SettingsText.Of(new ExperimentRow(settings, [.. settings.Select(name => Setting(row, name))]));

    private static object? Setting(ExperimentRow row, string name) => row[ColumnAmong(row.Columns, name)];

    // A name that stands for a setting and for a column of the run itself means the setting.
    private static string ColumnAmong(IReadOnlyList<string> columns, string setting) => RunRow.ColumnOf(setting) is var column && Has(columns, column) ? column : setting;

    private static bool Has(IReadOnlyList<string> columns, string name) => columns.Contains(name, StringComparer.OrdinalIgnoreCase);

    private List<(double Value, ExperimentRow Row)> Known(IEnumerable<ExperimentRow> from) =>
        [.. from.Select(row => (Value: Number(row), Row: row)).Where(pair => double.IsFinite(pair.Value))];

    // Of several rows of a run with the same settings, such as its epochs, the last one is its result. The same point in two sweeps has one id, but not one start.
    private static List<ExperimentRow> LastRows(IEnumerable<ExperimentRow> from, IReadOnlyList<string> settings) =>
        [.. from.GroupBy(row => row["RunId"] is { } id ? (object)(id, row["Started"], Key(row, settings)) : row).Select(run => run.Last())];

    private ExperimentRow? Best(List<(double Value, ExperimentRow Row)> known) =>
        known.Count == 0 ? null : (Maximize ? known.MaxBy(pair => pair.Value) : known.MinBy(pair => pair.Value)).Row;

    // The rows of a run that failed, or was stopped, do not hold its metric.
    private double Number(ExperimentRow row) => RunRow.StatusOf(row) is not (null or RunStatus.Done) ? double.NaN : RunMetric.Of(row, metric) ?? double.NaN;

    private void CheckColumns(IReadOnlyList<string> settings)
    {
        if (rows.Count == 0) return;
        string[] known = [.. rows.SelectMany(row => row.Columns).Distinct(StringComparer.OrdinalIgnoreCase)];
        foreach ((string parameter, string name) in settings.Select(name => ("GroupBy", ColumnAmong(known, name))).Prepend(("Metric", metric)))
        {
            if (!Has(known, name))
                throw new ArgumentException($"{parameter}: no run has a column '{ShortText.Of(name)}'; the columns are {ShortText.List(known)}.{UnknownColumn.Hint(name, known, column => rows[0][column])}", parameter);
        }
        object?[] cells = [.. rows.Select(row => row[metric]).Where(cell => cell is not null)];
        if (cells.Length == 0 || rows.Any(row => RunMetric.Of(row, metric) is not null)) return;
        string[] numeric = [.. known.Where(name => rows.Any(row => RunMetric.Of(row, name) is not null))];
        throw new ArgumentException($"Metric must name a column of numbers; column '{ShortText.Of(metric)}' holds '{ShortText.Of(Convert.ToString(cells[0], CultureInfo.InvariantCulture))}'. {(numeric.Length == 0 ? "No column holds numbers." : $"The columns with numbers are {ShortText.List(numeric)}.")}", "Metric");
    }
}
