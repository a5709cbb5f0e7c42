using ReparamPS.Charting;
using ReparamPS.Data;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Analysis;

/// <summary>A sweep as a page: the best run, the effect of each setting, the curves of the best groups, and all runs.</summary>
public sealed class SweepReport
{
    private const int MaxCurves = 8, MaxEffectCharts = 6, MaxRows = 1000, ChartHeight = 420;
    private const double LogarithmicFrom = 100;

    private static readonly string[] StepColumns = ["Epoch", "Iteration", "Step"];

    private readonly SweepFolder folder;
    private readonly IReadOnlyList<RunRow> runs;
    private readonly string metric;
    private readonly bool maximize;
    private readonly IReadOnlyList<string> varying;
    private readonly RunMeasurement measurement;

    // The column that tells the commands of the runs apart; none if they have one command.
    private readonly string[] commandColumn;

    /// <summary>Reads what the report needs from all runs.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="runs">Its runs.</param>
    /// <param name="metric">The column by which runs are compared.</param>
    /// <param name="maximize">Whether larger is better.</param>
    /// <exception cref="ArgumentException">The runs have output, but none has the metric.</exception>
    public SweepReport(SweepFolder folder, IReadOnlyList<RunRow> runs, string metric, bool maximize)
    {
        (this.folder, this.runs, this.metric, this.maximize) = (folder, runs, metric, maximize);
        varying =
        [
            .. runs.SelectMany(run => run.Spec.Settings.Columns).Distinct(StringComparer.OrdinalIgnoreCase).Where(name => !name.Equals(ExperimentGrid.SeedAxis, StringComparison.OrdinalIgnoreCase))
                .Where(name => runs.Select(run => SettingsText.Of(new ExperimentRow([name], [run.Spec.Settings[name]]))).Distinct().Skip(1).Any()),
        ];
        measurement = new RunMeasurement(metric) { Maximize = maximize };
        foreach (RunRow run in runs) measurement.Add(run.ToRow());
        if (runs.Any(run => run.Last is not null)) measurement.CheckMetric();
        commandColumn = measurement.CommandCount > 1 ? [measurement.OwnCommandColumn] : [];
        RunRow[] known = [.. runs.Where(run => double.IsFinite(Value(run)))];
        Best = known.Length == 0 ? null : maximize ? known.MaxBy(Value) : known.MinBy(Value);
    }

    /// <summary>The best run that is done; null if no run has a finite metric.</summary>
    public RunRow? Best { get; }

    /// <summary>What to know about runs of several commands; null if the runs have one command.</summary>
    public string? Warning => measurement.CommandWarning;

    /// <summary>The page.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="illustrations">What to show below the best run, such as its images.</param>
    public ReportPage Page(string title, IEnumerable<ReportBlock> illustrations) => new(title,
    [
        new ParagraphBlock($"{Counts()} Metric: {metric} ({(maximize ? "larger" : "smaller")} is better). Folder: {folder.Path}"),
        .. Best is null ? [new ParagraphBlock($"No finished run has a finite {metric}.")] : BestRun(Best).Concat(illustrations).Concat(Effects()).Concat(Curves()).Concat(Groups()),
        .. Runs(),
    ]);

    private string Counts()
    {
        IEnumerable<string> parts = runs.GroupBy(run => run.Status).OrderBy(state => state.Key).Select(state => $"{state.Count()} {state.Key}");
        return $"{(runs.Count == 1 ? "1 run" : $"{runs.Count} runs")}: {string.Join(", ", parts)}.";
    }

    private IEnumerable<ReportBlock> BestRun(RunRow best)
    {
        yield return new HeadingBlock("Best run");
        ExperimentRow settings = best.Spec.SettingsAt(best.Result?.Budget);
        yield return new TableBlock(["Name", "Value"],
        [
            ["RunId", best.Spec.Id], .. commandColumn.Select(column => new object?[] { column, best.Spec.Command }), [metric, Value(best)], .. settings.Columns.Select((name, i) => new object?[] { name, Cell(settings.Values[i]) }), ["RunSeconds", best.Result?.Seconds],
        ]);
    }

    private IEnumerable<ReportBlock> Effects()
    {
        ExperimentRow[] effects = varying.Count == 0 ? [] : [.. measurement.Effects(varying)];
        if (effects.Length == 0) yield break;
        yield return new HeadingBlock("Main effects");
        yield return new ParagraphBlock($"Share is the fraction of the variance of {metric} that the setting explains.");
        yield return Table(effects);
        foreach (string setting in effects.Select(effect => (string)effect["Setting"]!).Distinct().Take(MaxEffectCharts))
        {
            ChartData data = Rows(runs.Where(run => IsChartable(Value(run))).Select(run => (run.Spec.Settings[setting], Value(run), string.Join(", ", CommandOf(run)))), setting);
            if (data.Count == 0) yield break;
            double[] places = [.. data.Cells(setting, setting).Select(ChartScale.ReadExact).OfType<double>().Where(double.IsFinite).Distinct()];
            bool isLine = places.Length > 2 && data.Cells(setting, setting).All(cell => ChartScale.ReadExact(cell) is double);
            yield return new ChartBlock(data, new ChartOptions
            {
                X = setting,
                Y = [metric],
                GroupBy = commandColumn.Length > 0 ? ["Settings"] : [],
                Kind = isLine ? ChartKind.Line : ChartKind.Bar,
                Band = ChartBand.StandardError,
                LogX = isLine && places.Min() > 0 && places.Max() / places.Min() >= LogarithmicFrom,
                Title = $"{metric} over {setting}: mean and standard error",
                Height = ChartHeight,
            });
        }
    }

    private IEnumerable<ReportBlock> Curves()
    {
        RunRow[] ended = [.. runs.Where(run => run.Result is { Rows: > 0 } && IsChartable(Last(run) ?? double.NaN))];
        if (!ended.Any(run => run.Result!.Rows > 1)) yield break;
        // Finished runs are better than those that were stopped early, whatever their last rows say.
        IGrouping<string, RunRow>[] byKey = [.. ended.GroupBy(Key)];
        // Short names, unless two are the same.
        bool areDistinct = byKey.DistinctBy(group => Name(group.First(), ChartScale.Name)).Count() == byKey.Length;
        var groups = byKey.Select(group => (Name: Name(group.First(), areDistinct ? ChartScale.Name : FullText), Runs: group.ToArray(), Mean: Mean(group.Select(Value)), Last: Mean(group.Select(run => Last(run)!.Value))))
            .OrderBy(group => Rank(group.Mean)).ThenBy(group => Rank(group.Last)).ToArray();
        string? step = StepColumns.FirstOrDefault(column => groups[0].Runs[0].Last?[column] is not null);
        if (step is null) yield break;
        bool repeated = groups.Any(group => group.Runs.Length > 1);
        ChartData data = Rows(
            groups.Take(MaxCurves).SelectMany(group => group.Runs.SelectMany(run => folder.ReadRows(run.Spec.Id).Select(row => (row[step], RunMetric.Of(run.Around(row), metric) ?? double.NaN, group.Name)))).Where(row => IsChartable(row.Item2)), step);
        yield return new HeadingBlock("Curves");
        if (groups.Length > MaxCurves) yield return new ParagraphBlock($"The {MaxCurves} best of {groups.Length} combinations of settings.");
        yield return new ChartBlock(data, new ChartOptions
        {
            X = step,
            Y = [metric],
            GroupBy = ["Settings"],
            Kind = ChartKind.Line,
            Band = repeated ? ChartBand.StandardError : ChartBand.None,
            Title = repeated ? $"{metric} per {step}: mean and standard error over seeds" : $"{metric} per {step}",
            Height = 520,
        });
    }

    private IEnumerable<ReportBlock> Groups()
    {
        if (varying.Count == 0) yield break;
        ExperimentRow[] groups = [.. measurement.Groups(varying).OrderBy(row => row["Mean"] is double mean && double.IsFinite(mean) ? maximize ? -mean : mean : double.PositiveInfinity)];
        yield return new HeadingBlock("Groups");
        yield return new ParagraphBlock("One row per combination of settings, best first. Mean and Best are of finished runs; the other runs are Missing.");
        yield return Table(groups);
    }

    private IEnumerable<ReportBlock> Runs()
    {
        yield return new HeadingBlock("Runs");
        string[] settings = [.. varying.Where(name => !name.Equals(metric, StringComparison.OrdinalIgnoreCase))];
        string[] columns = [.. commandColumn, .. settings];
        IEnumerable<object?> Cells(RunRow run) => commandColumn.Select(_ => (object?)run.Spec.Command).Concat(settings.Select(name => run.Spec.Settings[name]));
        var data = new ChartData();
        foreach (RunRow run in runs.Where(run => IsChartable(Value(run)))) data.Add(new ExperimentRow([.. columns, metric], [.. Cells(run).Select(Category), Value(run)]));
        if (columns.Length > 0 && data.Count > 1)
        {
            yield return new ChartBlock(data, new ChartOptions { X = columns[0], Y = [.. columns.Skip(1), metric], Z = metric, Kind = ChartKind.ParallelCoordinates, Title = "One line per run: its settings and its result", Height = 520 });
        }
        RunRow[] sorted = [.. runs.OrderBy(run => Rank(Value(run))).ThenBy(run => Rank(Last(run) ?? double.NaN))];
        string[] budget = [.. runs.Select(run => run.Spec.BudgetParameter).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(1)];
        if (runs.Any(run => run.Status == RunStatus.Pruned)) yield return new ParagraphBlock($"The {metric} of a run that was pruned is that of its last row.");
        if (sorted.Length > MaxRows) yield return new ParagraphBlock($"The best {MaxRows} of {sorted.Length} runs.");
        yield return new TableBlock(["RunId", "Status", .. columns, ExperimentGrid.SeedAxis, .. budget, metric, "RunSeconds", "Message"],
        [
            .. sorted.Take(MaxRows).Select(run => (IReadOnlyList<object?>)[run.Spec.Id, run.Status.ToString(), .. Cells(run).Select(Cell), run.Spec.Settings[ExperimentGrid.SeedAxis], .. budget.Select(_ => (object?)run.Result?.Budget), Cell(Last(run)), run.Result?.Seconds, run.Result?.Message]),
        ]);
    }

    private ChartData Rows(IEnumerable<(object? X, double Y, string Group)> rows, string x)
    {
        var data = new ChartData();
        foreach ((object? place, double value, string group) in rows) data.Add(new ExperimentRow([x, metric, "Settings"], [Category(place), value, group]));
        return data;
    }

    private static TableBlock Table(IReadOnlyList<ExperimentRow> rows) => new(rows[0].Columns, [.. rows.Select(row => (IReadOnlyList<object?>)[.. row.Values.Select(value => value is double.NaN ? null : Cell(value))])]);

    private string Key(RunRow run) => SettingsText.Of(new ExperimentRow([.. commandColumn, .. varying], [.. commandColumn.Select(_ => run.Spec.Command), .. varying.Select(name => run.Spec.Settings[name])]));

    private string Name(RunRow run, Func<object?, string> text)
    {
        string name = string.Join(", ", CommandOf(run).Concat(varying.Select(name => $"{name} = {text(Cell(run.Spec.Settings[name]))}")));
        return name.Length == 0 ? "All runs" : name;
    }

    private static string FullText(object? cell) => cell is double or float ? ExperimentValue.Format(cell) : ChartScale.Name(cell);

    private IEnumerable<string> CommandOf(RunRow run) => commandColumn.Select(column => $"{column} = {run.Spec.Command}");

    private double Value(RunRow run) => run.Status == RunStatus.Done ? RunMetric.Of(run.ToRow(), metric) ?? double.NaN : double.NaN;

    // The metric in the last row of a run, also of one that was stopped early; null if it has none.
    private double? Last(RunRow run) => run.Last is null ? null : RunMetric.Of(run.ToRow(), metric);

    private double Rank(double value) => double.IsNaN(value) ? double.PositiveInfinity : maximize ? -value : value;

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private static bool IsChartable(double value) => Math.Abs(value) <= ChartScale.MaxLinear;

    // No text is not the same as no value, and NaN is not the same as no number.
    private static object? Cell(object? value) => RunRow.Flat(value) switch
    {
        "" => "(empty)",
        double.NaN => "NaN",
        var other => other,
    };

    // A chart has no place for null.
    private static object Category(object? value) => Cell(value) ?? "(none)";
}
