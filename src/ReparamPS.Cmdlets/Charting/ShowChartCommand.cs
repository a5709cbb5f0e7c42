using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Charting;
using ReparamPS.Cmdlets.Common.Conversion;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>Shows rows as a chart in the terminal.</summary>
/// <remarks>
/// <para>The chart is plain text, one string per line: it can be read in a log or redirected to a file. Without -Y, the chart is a histogram of X; with -Y, it is a line chart. -Kind chooses another kind. Bars of negative values are drawn to the left of zero. Labels and titles that are too long are shortened: the character '…' replaces their middle part.</para>
/// <para>A line passes through all rows, even those with the same X, such as rows of runs with different seeds. Draw their mean with Measure-ExperimentRun, as in Example 3, or with Export-Chart -Band.</para>
/// <para>A TimeSpan is drawn as its seconds. Dates are drawn in the local time of the PowerShell session: a DateTimeOffset and a UTC date are converted to it.</para>
/// </remarks>
/// <example>
/// <para>How draws are distributed</para>
/// <code>New-GammaDistribution 2 1 | Invoke-RSample -Count 2000 -Seed 1 -Expand |
///     Show-Chart -X Value -Bins 12</code>
/// </example>
/// <example>
/// <para>Two curves</para>
/// <code>1..40 |
///     ForEach-Object {
///         [pscustomobject]@{
///             X = $_
///             Sine = [math]::Sin($_ / 6)
///             Cosine = [math]::Cos($_ / 6)
///         }
///     } | Show-Chart X Sine, Cosine</code>
/// </example>
/// <example>
/// <para>The mean of five seeds, per rate</para>
/// <code>New-ExperimentGrid @{ Rate = 0.1, 0.3; Epoch = 1..10 } -Repeat 5 |
///     ForEach-Object {
///         [pscustomobject]@{
///             Rate = $_.Rate
///             Epoch = $_.Epoch
///             Loss = [math]::Exp(-$_.Rate * $_.Epoch) + $_.Seed / 50
///         }
///     } |
///     Measure-ExperimentRun Loss -GroupBy Rate, Epoch |
///     Show-Chart Epoch Mean -GroupBy Rate</code>
/// </example>
[Cmdlet(VerbsCommon.Show, "Chart")]
[OutputType(typeof(string))]
public sealed class ShowChartCommand : ChartCommandBase
{
    private const int DefaultWidth = 80;

    /// <summary>The kind of chart. Allowed: Line, Scatter, Bar, Histogram; HeatMap and ParallelCoordinates require Export-Chart. Default: Histogram, or Line if -Y is given.</summary>
    [Parameter, Exact<ChartKind?>(Names = [nameof(ChartKind.Line), nameof(ChartKind.Scatter), nameof(ChartKind.Bar), nameof(ChartKind.Histogram)])]
    public ChartKind? Kind { get; set; }

    /// <summary>Makes the axis of X logarithmic in a line chart, scatter chart or histogram.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter LogX { get; set; }

    /// <summary>Makes the vertical axis of a line or scatter chart logarithmic.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter LogY { get; set; }

    /// <summary>The width of the chart, in characters. Default: the width of the terminal, or 80 without a terminal.</summary>
    [Parameter, AllowedRange(30, 1000), OptionalNumber<int>]
    public int? Width { get; set; }

    /// <summary>The height of line and scatter charts, in text lines; bar charts ignore it. A histogram has one line per bin; without -Bins, it has at most Height bins. Default: 18.</summary>
    [Parameter, AllowedRange(5, 1000), Exact<int>]
    public int Height { get; set; } = 18;

    /// <inheritdoc/>
    protected override void End()
    {
        ChartOptions options = CommonOptions with { Kind = Kind, LogX = LogX, LogY = LogY, Width = Width ?? TerminalWidth(), Height = Height };
        IReadOnlyList<string> lines = TextChart.Render(Data, options);
        foreach (string warning in TextChart.Warnings(Data, options).Concat(ChartHints.Of(Data, options))) WriteWarning(warning);
        foreach (string line in lines) WriteObject(line);
    }

    private int TerminalWidth() => CellText.ScreenOf(Host) is >= TextChart.MinWidth and var width ? Math.Clamp(width - 1, TextChart.MinWidth, 200) : DefaultWidth;
}
