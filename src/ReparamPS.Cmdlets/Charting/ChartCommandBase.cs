using System.Management.Automation;
using ReparamPS.Charting;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Sampling;
using ReparamPS.Distributions;
using ReparamPS.Messages;

namespace ReparamPS.Cmdlets.Charting;

/// <summary>Collects the rows and options of a chart.</summary>
public abstract class ChartCommandBase : ReparamCmdlet
{
    private readonly RowReader reader = new();
    private readonly ChartData data = new();
    private ArgumentException? refusal;

    /// <summary>The rows: objects or dictionaries, whose properties or keys are the columns. Plain numbers, and the result of Invoke-RSample or Invoke-Sample for a univariate distribution, become a column named Value.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The column of X values: numbers, dates or text; in a histogram, numbers or dates. Default: Value.</summary>
    [Parameter(Position = 1), ArgumentCompleter(typeof(ColumnCompleter)), Exact<string>]
    public string X { get; set; } = RowReader.ValueColumn;

    /// <summary>The columns of Y values: each is a line, a point cloud or a set of bars. A bar shows the mean over rows with the same X. A line passes through every row; with -Band, which only Export-Chart has, it passes through the mean of rows with the same X. A histogram has no Y. Default: none.</summary>
    [Parameter(Position = 2), ArgumentCompleter(typeof(ColumnCompleter)), Exact<string[]>]
    public string[]? Y { get; set; } = [];

    /// <summary>The columns whose values divide the rows into groups. Each group has its own line, point cloud, bars or histogram.</summary>
    [Parameter, ArgumentCompleter(typeof(ColumnCompleter)), Exact<string[]>]
    public string[]? GroupBy { get; set; } = [];

    /// <summary>The title above the chart. Default: none.</summary>
    [Parameter, Exact<string>]
    public string? Title { get; set; }

    /// <summary>The number of bins of a histogram. Default: depends on the data.</summary>
    [Parameter, AllowedRange(1, 10_000), OptionalNumber<int>]
    public int? Bins { get; set; }

    /// <summary>The rows so far.</summary>
    protected ChartData Data => data;

    /// <summary>The options that all charts share.</summary>
    protected ChartOptions CommonOptions => new() { X = GivenX(), Y = Y ?? [], GroupBy = GroupBy ?? [], Title = Title, Bins = Bins };

    // What a kind that is given needs besides.
    private string Call() => MyInvocation.BoundParameters.GetValueOrDefault("Kind") is ChartKind kind ? $" Write {new ChartOptions { X = "", Y = Y ?? [], Kind = kind }.Call()}." : "";

    private string GivenX()
    {
        if (data.Count > 0 && data.Columns.Count == 0) throw new ArgumentException("The input objects have no properties, so there is nothing to draw.", "InputObject");
        // Numbers have the column Value; rows have others.
        if (data.Count > 0 && !MyInvocation.BoundParameters.ContainsKey(nameof(X)) && !data.Columns.Contains(X, StringComparer.OrdinalIgnoreCase))
            throw refusal ?? new ArgumentException($"X is required: the name of a column. The {(data.Columns.Count == 1 ? "only column is" : "columns are")} {ShortText.List(data.Columns)}.{Call()}", nameof(X));
        // A batch as one row, whose numbers are a list.
        if (refusal is not null && (Y ?? []).Append(X).Any(data.HoldsList)) throw refusal;
        return X;
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        try
        {
            // Invoke-RSample without -Expand: the chart is one of the draws.
            if (InputObject?.BaseObject is SampleBatch batch && X.Equals(RowReader.ValueColumn, StringComparison.OrdinalIgnoreCase) && batch.GetDistribution().EventShape.Length == 0)
            {
                DrawRow.EachOfScalars(batch, row => data.Add(reader.Read(PSObject.AsPSObject(row))));
                return;
            }
            refusal ??= RowReader.Refusal(InputObject);
            data.Add(reader.Read(InputObject));
        }
        catch (Exception error) when (error is not RuntimeException)
        {
            ThrowTerminatingError(ErrorRecords.From(error, InputObject));
        }
    }
}
