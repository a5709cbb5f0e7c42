using System.Management.Automation;
using ReparamPS.Charting;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>Draws rows as a chart in a PNG, SVG or HTML file.</summary>
/// <remarks>
/// <para>X alone makes a histogram, X and Y make lines, and X, Y and Z make a heat map, unless -Kind names another kind. Numbers and dates are drawn to scale; text values are categories, spaced evenly.
/// Text that is a number counts as a number, so that rows of Import-Csv can be drawn. NaN, infinite and empty values are left out, and so are numbers beyond ±1e300 on a linear axis; a warning counts them.
/// If all numbers of a linear axis lie within 1e-300 of each other, they are drawn at the same place, and a warning says so.</para>
/// <para>A TimeSpan is drawn as its seconds. Dates are drawn in the local time of the PowerShell session: a DateTimeOffset and a UTC date are converted to it.</para>
/// <para>In a heat map, Y is the vertical axis, and all values of X and Y are categories. The color of a cell is the mean of Z.</para>
/// <para>With -Kind ParallelCoordinates, each row is a line across several axes: X, then each column of Y. The color of a line shows its value of Z; without -Z, its group from -GroupBy; without both, its value on the last axis.</para>
/// <para>-Band is useful for runs with different seeds. Color-blind readers can tell the colors apart.
/// A chart looks the same on every machine, because the module contains a font; only Chinese, Japanese and Korean text needs a font of the system. An existing file is replaced only when the chart is complete.</para>
/// <para>An .html file is an interactive page: point at a line to see its values, zoom in, or click on the legend to hide a line. The page needs no network.</para>
/// </remarks>
/// <example>
/// <para>A histogram of draws, with a smooth estimate of their density</para>
/// <code>New-NormalDistribution 0 1 | Invoke-RSample -Count 5000 -Seed 1 -Expand |
///     Export-Chart normal.png -X Value -Density -Title 'Normal(0, 1)'</code>
/// </example>
/// <example>
/// <para>One line per rate: the mean of five seeds, with a band of one standard error</para>
/// <code>$points = New-ExperimentGrid @{ Rate = 0.1, 0.3; Epoch = 1..10 } -Repeat 5
/// $rows = foreach ($point in $points) {
///     $draw = New-NormalDistribution 0 0.1 | Invoke-Sample -Seed $point.Seed
///     $noise = $draw.Values[0]
///     [pscustomobject]@{
///         Rate = $point.Rate
///         Epoch = $point.Epoch
///         Loss = [math]::Exp(-$point.Rate * $point.Epoch) + $noise
///     }
/// }
/// $rows | Export-Chart loss.svg Epoch Loss -GroupBy Rate -Band StandardError</code>
/// </example>
/// <example>
/// <para>Learning rates on a logarithmic axis</para>
/// <code>$rates = 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1
/// New-ExperimentGrid @{ LearningRate = $rates } |
///     ForEach-Object {
///         $loss = [math]::Pow([math]::Log10($_.LearningRate) + 2.5, 2)
///         [pscustomobject]@{ LearningRate = $_.LearningRate; Loss = $loss }
///     } | Export-Chart rates.png LearningRate Loss -LogX</code>
/// </example>
/// <example>
/// <para>An interactive page</para>
/// <code>1..40 |
///     ForEach-Object {
///         [pscustomobject]@{
///             X = $_
///             Sine = [math]::Sin($_ / 6)
///             Cosine = [math]::Cos($_ / 6)
///         }
///     } | Export-Chart waves.html -X X -Y Sine, Cosine</code>
/// </example>
/// <example>
/// <para>A heat map over two settings</para>
/// <code>New-ExperimentGrid @{ A = 1..6; B = 1..4 } |
///     ForEach-Object {
///         [pscustomobject]@{ A = $_.A; B = $_.B; Product = $_.A * $_.B }
///     } | Export-Chart map.png -X A -Y B -Z Product</code>
/// </example>
/// <example>
/// <para>Parallel coordinates: one line per point of a search, from its settings to its loss</para>
/// <code>New-ExperimentSearch @{
///     Rate = New-LogUniformDistribution 1e-4 1e-1
///     Size = 2, 4, 8
/// } -Count 40 -Strategy Sobol |
///     ForEach-Object {
///         [pscustomobject]@{
///             Rate = $_.Rate
///             Size = $_.Size
///             Loss = [math]::Abs([math]::Log10($_.Rate) + 2.5) + 1 / $_.Size
///         }
///     } |
///     Export-Chart search.png Rate Size, Loss -Kind ParallelCoordinates</code>
/// </example>
[Cmdlet(VerbsData.Export, "Chart", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportChartCommand : ChartCommandBase
{

    private string target = "";
    private bool draws;

    /// <summary>The file to write. Allowed extensions: .png, .svg, .html.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("FilePath"), Exact<string>]
    public string Path { get; set; } = "";

    /// <summary>The column of numbers that a heat map or parallel coordinates show as colors.</summary>
    [Parameter, ArgumentCompleter(typeof(ColumnCompleter)), Exact<string>]
    public string? Z { get; set; }

    /// <summary>The column whose values divide the chart into panels, one per value. All panels have the same axes.</summary>
    [Parameter, ArgumentCompleter(typeof(ColumnCompleter))]
    [Alias("FacetBy"), Exact<string>]
    public string? Facet { get; set; }

    /// <summary>The kind of chart. Allowed: Line, Scatter, Bar, Histogram, HeatMap, ParallelCoordinates. Default: depends on which of X, Y and Z are given.</summary>
    [Parameter, Exact<ChartKind?>]
    public ChartKind? Kind { get; set; }

    /// <summary>The label of the horizontal axis. Default: the column's name.</summary>
    [Parameter, Exact<string>]
    public string? XLabel { get; set; }

    /// <summary>The label of the vertical axis. Default: Count for a histogram (Density if -Density is given), Value for several columns, otherwise the column's name.</summary>
    [Parameter, Exact<string>]
    public string? YLabel { get; set; }

    /// <summary>Makes the horizontal axis of a line chart, scatter chart or histogram logarithmic.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter LogX { get; set; }

    /// <summary>Makes the vertical axis of a line chart, scatter chart, bar chart or histogram logarithmic.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter LogY { get; set; }

    /// <summary>In a line chart, draws the mean of Y over all rows of a group that have the same X, and a band around it; in a bar chart, adds an error bar to each bar. MinMax: from the smallest to the largest value; StandardError: one standard error to each side. Allowed: None, MinMax, StandardError. Default: None.</summary>
    [Parameter, Exact<ChartBand>]
    public ChartBand Band { get; set; }

    /// <summary>Scales each histogram to an area of 1, and adds a curve that estimates the density.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Density { get; set; }

    /// <summary>The width in pixels. Default: 1000.</summary>
    [Parameter, AllowedRange(50, ChartFile.MaxSize), Exact<int>]
    public int Width { get; set; } = 1000;

    /// <summary>The height in pixels. Default: 600, or 240 per row of -Facet panels if that is more.</summary>
    [Parameter, AllowedRange(50, ChartFile.MaxSize), Exact<int>]
    public int Height { get; set; } = 600;

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
    protected override void Begin()
    {
        target = ResolvePath(Path);
        if (!ChartFile.HasExtension(Path) && new[] { X }.Concat(Y ?? []).FirstOrDefault(ChartFile.HasExtension) is { } file)
        {
            string[] columns = [.. new[] { X }.Concat(Y ?? []).OfType<string>().Where(name => name != file)];
            throw new ArgumentException($"Path: the file comes first, then the columns. Write Export-Chart {ShortText.Of(string.Join(" ", new[] { file, Path, string.Join(", ", columns) }).TrimEnd())}.", nameof(Path));
        }
        ChartFile.CheckExtension(target);
        AtomicFile.CheckTarget(target, Existing);
        draws = ShouldProcess(target, "Draw a chart");
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (draws) base.Process();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        if (!draws) return;
        ChartOptions options = CommonOptions with
        {
            Z = Z,
            Facet = Facet,
            Kind = Kind,
            XLabel = XLabel,
            YLabel = YLabel,
            LogX = LogX,
            LogY = LogY,
            Band = Band,
            Density = Density,
            Width = Width,
            Height = Height,
            GrowsWithPanels = !MyInvocation.BoundParameters.ContainsKey(nameof(Height)),
        };
        foreach (string warning in ChartFile.Save(target, Data, options, Existing).Concat(ChartHints.Of(Data, options))) WriteWarning(warning);
        WriteFile(target);
    }

    private ExistingFile Existing => ExistingFiles(NoClobber, Force);
}
