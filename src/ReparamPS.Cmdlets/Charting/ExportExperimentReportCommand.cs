using System.Management.Automation;
using ReparamPS.Charting;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Sweeps;
using ReparamPS.Data;
using ReparamPS.Sweeps.Analysis;
using ReparamPS.Sweeps.Store;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>Writes a sweep as an interactive page: best run, effect of each setting, curves, and all runs.</summary>
/// <remarks>
/// <para>The page shows the settings of the best run, and images if the run trained a VAE. For each setting, it shows the share of the variance of the metric that the setting explains. For each of the six settings with the largest share, a chart shows the metric over the values of the setting.</para>
/// <para>Runs that differ only in Seed form one combination. Each object that a run returned is a row. If the rows have a column Epoch, Iteration or Step, a chart shows the metric over this column for the best combinations, at most eight. Each curve is the mean over the seeds, with a band of one standard error. The curves include pruned runs, up to the point where they were stopped. Finally, the page lists all combinations and all runs; for pruned runs, it shows how far they were trained and their last metric. It draws the finished runs as parallel coordinates. Runs of different commands, or of different versions of a script, are shown separately, with a warning.</para>
/// <para>The page is one file, which needs no network. You may write it while the sweep is in progress: it shows the runs so far. A run whose settings cannot be read is left out, with a warning. Dates are shown in the local time of the PowerShell session that writes the page.</para>
/// </remarks>
/// <seealso cref="InvokeExperimentSweepCommand"/>
/// <seealso cref="MeasureExperimentRunCommand"/>
/// <seealso cref="ExportChartCommand"/>
/// <example>
/// <para>A sweep of a script</para>
/// <code>$null = New-ExperimentGrid @{ A = 1, 2, 3; B = 'x', 'y' } -Repeat 2 |
///     Invoke-ExperimentSweep -Path noisy {
///         foreach ($epoch in 1..5) {
///             [pscustomobject]@{
///                 Epoch = $epoch
///                 Y = $epoch * $_.A + $_.Seed
///             }
///         }
///     }
/// Export-ExperimentReport noisy noisy.html -Metric Y -Maximize</code>
/// </example>
/// <example>
/// <para>A sweep of VAE trainings: the metric is TestElbo, and the page shows images of the best run</para>
/// <code>$null = New-ExperimentGrid @{
///     LatentSize = 2, 4
///     Epochs = 2
///     HiddenSize = 16
/// } -Repeat 2 |
///     Invoke-ExperimentSweep -Path vaes -Command Invoke-VaeTraining
/// Export-ExperimentReport vaes vaes.html -Title 'Latent sizes'</code>
/// </example>
[Cmdlet(VerbsData.Export, "ExperimentReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportExperimentReportCommand : ReparamCmdlet
{
    /// <summary>The folder of the sweep, which Invoke-ExperimentSweep wrote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string>(RunHint = "Path is the folder of the sweep.")]
    public string Path { get; set; } = "";

    /// <summary>The file of the page. Allowed extension: .html.</summary>
    [Parameter(Mandatory = true, Position = 1), Exact<string>]
    public string OutPath { get; set; } = "";

    /// <summary>The column by which runs are ranked; the value in a run's last row counts. Default: TestElbo, or else the first column whose direction is known (see -Maximize); columns that hold times are skipped. If no column remains, -Metric is required.</summary>
    [Parameter, ArgumentCompleter(typeof(MetricCompleter)), Exact<string>]
    public string? Metric { get; set; }

    /// <summary>States that a larger metric is better. The direction is known for columns with names such as TestElbo or Loss; other columns need -Maximize or -Minimize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Maximize { get; set; }

    /// <summary>States that a smaller metric is better. See -Maximize.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Minimize { get; set; }

    /// <summary>The title of the page. Default: the name of the folder.</summary>
    [Parameter, Exact<string>]
    public string? Title { get; set; }

    /// <summary>Refuses to replace an existing file.</summary>
    [Parameter]
    [Alias("NoOverwrite"), Exact<SwitchParameter>]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Replaces the file even if it is read-only.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        string target = ResolvePath(OutPath);
        if (!PageFile.IsPage(target))
            throw new ArgumentException($"OutPath must end in .html; got '{ShortText.Of(OutPath)}'.{(Directory.Exists(target) ? " The folder of the sweep comes first, then the page: Export-ExperimentReport sweep sweep.html." : "")}", nameof(OutPath));
        RefuseOwnFile(target, nameof(OutPath));
        var folder = SweepFolder.Open(ResolvePath(Path));
        AtomicFile.CheckTarget(target, Existing);
        if (!ShouldProcess(target, "Write a report")) return;
        List<RunRow> runs = [];
        foreach (RunRow run in folder.ReadRuns(damage => WriteWarning(damage.Message)))
        {
            Cancellation.ThrowIfCancellationRequested();
            runs.Add(run);
        }
        if (runs.Count == 0) throw new ArgumentException($"'{ShortText.Of(Path)}' has no runs, so there is nothing to report.", nameof(Path));
        string[] settings = [.. runs.SelectMany(run => run.Spec.Settings.Columns).Select(RunRow.ColumnOf).Distinct(StringComparer.OrdinalIgnoreCase)];
        ExperimentRow[] rows = [.. runs.Select(run => run.ToRow())];
        string? nothing = RunMeasurement.WithoutOutput(rows, [.. settings, .. runs.Select(run => run.Spec.BudgetParameter).OfType<string>()]);
        if (nothing is not null && Metric is null) throw new ArgumentException(nothing, nameof(Path));
        string metric = Metric ?? MetricDirection.Default(runs.Where(run => run.Last is not null).SelectMany(run => run.Last!.Columns));
        RunMeasurement.RefuseSetting(metric, rows, settings);
        if (nothing is null) RunMeasurement.CheckMetric(metric, rows);
        var report = new SweepReport(folder, runs, metric, MetricDirection.IsMaximized(metric, GivenSwitch(nameof(Maximize), Maximize), GivenSwitch(nameof(Minimize), Minimize), isColumn: true, WriteWarning));
        if (report.Warning is { } mixed) WriteWarning(mixed);
        if (nothing is not null) WriteWarning(nothing);
        else if (report.Best is null) WriteWarning($"No finished run has a finite {ShortText.Of(metric)}, so the page shows only the list of runs.");
        ReportPage page = report.Page(Title ?? new DirectoryInfo(folder.Path).Name, report.Best is null ? [] : VaeIllustrations.Of(folder, report.Best, WriteWarning));
        foreach (string warning in PageFile.Save(target, page, Existing)) WriteWarning(warning);
        WriteFile(target);
    }

    private ExistingFile Existing => ExistingFiles(NoClobber, Force);
}
