using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Analysis;
using ReparamPS.Sweeps.Points;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Summarizes a metric over the runs of a sweep: its mean and best run per group, or the effect of each setting.</summary>
/// <remarks>
/// <para>Returns one row per group, with the metric's mean, standard error and best run. Without -GroupBy, runs that differ only in their seed form a group.</para>
/// <para>-Effect returns one row per setting instead. Share is the fraction of the metric's variance that the setting explains (η²): 1 if the metric depends on this setting alone. With few runs, Share is above 0 by chance, even for a setting without an effect. BestValue is the setting's value with the best mean of the metric; -Maximize or -Minimize says which is best.</para>
/// <para>The metric is read from the last row that each run returned, as shown by Get-ExperimentRun. The column Missing counts runs that are not done or have no finite metric. Runs of different commands, or of different versions of a script, are measured separately, with a warning.</para>
/// </remarks>
/// <example>
/// <para>Mean and standard error over two seeds, per combination of A and B</para>
/// <code>$null = New-ExperimentGrid @{ A = 1, 2; B = 'x', 'y' } -Repeat 2 |
///     Invoke-ExperimentSweep -Path noisy {
///         [pscustomobject]@{ Y = 10 * $_.A + $_.Seed }
///     }
/// Measure-ExperimentRun noisy Y -Maximize</code>
/// </example>
/// <example>
/// <para>Which setting matters</para>
/// <code>$null = New-ExperimentGrid @{ A = 1, 2; B = 'x', 'y' } -Repeat 2 |
///     Invoke-ExperimentSweep -Path noisy {
///         [pscustomobject]@{ Y = 10 * $_.A + $_.Seed }
///     }
/// Get-ExperimentRun -Path noisy |
///     Measure-ExperimentRun -Metric Y -Maximize -Effect -GroupBy A, B, Seed</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "ExperimentRun", DefaultParameterSetName = "Path")]
[OutputType("ReparamPS.RunMeasurement", "ReparamPS.SettingEffect")]
public sealed class MeasureExperimentRunCommand : ReparamCmdlet
{
    // If a row of the first runs has the metric, its name is right.
    private const int RunsToRead = 3;

    private readonly RowReader reader = new();
    private readonly List<string> settings = [];
    private readonly List<ExperimentRow> rows = [];
    private readonly HashSet<string> budgets = new(StringComparer.OrdinalIgnoreCase);
    private bool hasRows;

    /// <summary>Rows of runs, from Get-ExperimentRun, or the row of a sweep, from Get-ExperimentSweep. Other rows need -GroupBy, because they do not say which columns are settings.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Rows")]
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Path", DontShow = true)]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>The sweep's folder. It is required unless rows come from the pipeline; the two cannot be combined.</summary>
    [Parameter(Position = 0, ParameterSetName = "Path"), Exact<string>(RefusesNull = true, RunHint = "Path is the folder of the sweep; pipe the rows instead.")]
    public string Path { get; set; } = "";

    /// <summary>The column to measure. You can leave out the name -Metric: Measure-ExperimentRun noisy Y, or with rows from the pipeline, Measure-ExperimentRun Y. Default: TestElbo, or else the first column whose direction is known (see -Maximize); columns that hold times are skipped. If no column remains, -Metric is required.</summary>
    [Parameter(Position = 1, ParameterSetName = "Path"), Parameter(ParameterSetName = "Rows")]
    [ArgumentCompleter(typeof(MetricCompleter)), Exact<string>(RefusesNull = true)]
    public string Metric { get; set; } = "";

    /// <summary>The settings whose values form the groups; with -Effect, the settings to measure. Columns of text that the runs returned are allowed too, and with rows of -Expand also numbers, such as Epoch. Default: all settings except the seed.</summary>
    [Parameter, Alias("Setting"), ArgumentCompleter(typeof(SettingCompleter)), Exact<string[]>]
    public string[]? GroupBy { get; set; }

    /// <summary>States that a larger metric is better. The direction is known for columns with names such as TestElbo or Loss; other columns need -Maximize or -Minimize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Maximize { get; set; }

    /// <summary>States that a smaller metric is better. See -Maximize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Minimize { get; set; }

    /// <summary>Returns one row per setting, with its share of the metric's variance, instead of one row per group.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Effect { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        // With rows from the pipeline there is no folder: what stands in its position is the metric.
        hasRows = MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        if (hasRows && Metric.Length > 0 && Path.Length > 0) throw new ArgumentException($"Path '{ShortText.Of(Path)}' and rows from the pipeline cannot be combined. Give one of them.", nameof(Path));
        if (hasRows && Metric.Length == 0) Metric = Path;
        if (Path.Length == 0 && !hasRows) throw new ArgumentException("Path is missing. Give the folder of a sweep, or pipe rows from Get-ExperimentRun.", nameof(Path));
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!hasRows) return;
        if (InputObject.BaseObject is SweepCounts sweep)
        {
            ReadFolder(sweep.Path);
            return;
        }
        Remember(VaryingSettings.NamesOf(InputObject));
        rows.Add(reader.Read(InputObject));
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (!hasRows) ReadFolder(ResolvePath(Path));
        if (!hasRows && rows.Count == 0)
        {
            WriteWarning($"'{ShortText.Of(Path)}' has no runs, so there is nothing to measure.");
            return;
        }
        if (RunMeasurement.WithoutOutput(rows, [.. settings, .. budgets]) is { } nothing) throw new ArgumentException(nothing, nameof(Path));
        if (Metric.Length == 0 && rows.Count == 0) throw new ArgumentException("No rows came from the pipeline, so there is nothing to measure.", nameof(InputObject));
        string metric = Metric.Length > 0 ? Metric : MetricDirection.Default(rows.SelectMany(row => row.Columns).Except([.. RunRow.OwnColumns, .. settings, .. GroupBy ?? []], StringComparer.OrdinalIgnoreCase));
        RunMeasurement.RefuseSetting(metric, rows, settings);
        if (!hasRows) CheckLastRows(metric);
        var measurement = new RunMeasurement(metric);
        foreach (ExperimentRow row in rows) measurement.Add(row);
        measurement.CheckMetric();
        RunMeasurement.RefuseGroups(GroupBy ?? [], metric, rows, settings);
        measurement.Maximize = MetricDirection.IsMaximized(metric, GivenSwitch(nameof(Maximize), Maximize), GivenSwitch(nameof(Minimize), Minimize), isColumn: true, WriteWarning);
        if (hasRows && GroupBy is null && settings.Count == 0 && measurement.Count > 0)
            throw new ArgumentException("The input rows do not say which columns are settings. Name the settings with -GroupBy, or give the folder of the sweep with -Path instead of rows.", nameof(GroupBy));
        IReadOnlyList<string> wanted = GroupBy ?? [.. settings.Where(name => !name.Equals(ExperimentGrid.SeedAxis, StringComparison.OrdinalIgnoreCase))];
        if (measurement.CommandWarning is { } warning) WriteWarning(warning);
        ExperimentRow[] measured = [.. Effect ? measurement.Effects(wanted) : measurement.Groups(wanted)];
        foreach (ExperimentRow row in measured) WriteObject(RowObjects.From(row, Effect ? "ReparamPS.SettingEffect" : "ReparamPS.RunMeasurement"));
        if (measured.Length == 0 && measurement.Count > 0)
            WriteWarning($"No effect can be measured: {WithoutEffect(measurement, ShortText.Of(metric), wanted)}");
        else if (measurement is { Count: > 0, KnownCount: 0 })
            WriteWarning($"No finished run has a finite {ShortText.Of(metric)}, so there is no mean and no best run.");
    }

    // Why there is no row, and what to do, after a colon.
    private string WithoutEffect(RunMeasurement measurement, string metric, IReadOnlyList<string> wanted)
    {
        (int known, int all) = (measurement.KnownCount, measurement.RunCount);
        if (wanted.Count == 0) return GroupBy is null ? "the runs have no setting besides the seed." : "GroupBy names no setting.";
        if (known == 0) return $"no run is done and has a finite {metric}.";
        string advice = known < all ? " Try again when more runs are done." : GroupBy is null ? " Run points with other values of the settings." : " Name settings that differ with -GroupBy.";
        string among = measurement.CommandCount > 1 ? "among the runs of each command" : "among the runs";
        return $"{ShortText.List(wanted)} {(wanted.Count == 1 ? "has only one value" : "have only one value each")} {among} that are done and have a finite {metric} ({known} of {all} runs).{advice}";
    }

    // A run may return the metric first, and then something else.
    private void CheckLastRows(string metric)
    {
        if (rows.Any(row => row.Columns.Contains(metric, StringComparer.OrdinalIgnoreCase))) return;
        var folder = SweepFolder.Open(ResolvePath(Path));
        if (folder.ReadSpecs(_ => { }).Take(RunsToRead).Any(run => folder.ReadRows(run.Id).Any(row => row.Columns.Contains(metric, StringComparer.OrdinalIgnoreCase))))
            throw new ArgumentException($"Metric: the last row of each run is measured, and it has no column '{ShortText.Of(metric)}'; earlier rows have it. Return the object with {ShortText.Of(metric)} last.", nameof(Metric));
    }

    private void ReadFolder(string folder)
    {
        foreach (RunRow run in SweepFolder.Open(folder).ReadRuns(damage => WriteWarning(damage.Message)))
        {
            Cancellation.ThrowIfCancellationRequested();
            Remember([.. run.Spec.Settings.Columns.Select(RunRow.ColumnOf)]);
            if (run.Spec.BudgetParameter is { } budget) budgets.Add(budget);
            rows.Add(run.ToRow());
        }
    }

    private void Remember(IReadOnlyList<string> names) => settings.AddRange(names.Except(settings, StringComparer.OrdinalIgnoreCase).ToArray());
}
