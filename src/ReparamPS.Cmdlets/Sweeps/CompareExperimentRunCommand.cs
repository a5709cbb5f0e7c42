using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Sweeps.Analysis;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Lists the differences between two runs of a sweep: settings, state, time and last output row.</summary>
/// <remarks>Returns one row per difference. The column Name says what differs. The column Kind is Setting, Run or Output: a setting, a property of the run (such as Status or RunSeconds), or a column of the run's last row.
/// Reference is the value of the first run, and Other is the value of the second run. For numbers, Difference is Other minus Reference.</remarks>
/// <example>
/// <para>Compare two runs</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// $runs = Get-ExperimentRun -Path squares
/// Compare-ExperimentRun -Path squares -RunId $runs[0].RunId, $runs[1].RunId</code>
/// </example>
/// <example>
/// <para>Two runs from the pipeline, including equal values</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// (Get-ExperimentRun -Path squares)[0, 1] |
///     Compare-ExperimentRun -Path squares -IncludeEqual</code>
/// </example>
[Cmdlet(VerbsData.Compare, "ExperimentRun")]
[OutputType("ReparamPS.RunDifference")]
public sealed class CompareExperimentRunCommand : ReparamCmdlet
{
    private readonly List<string> ids = [];

    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0), Exact<string>(RunHint = "Path is the folder of the sweep; pipe the two rows, or give -RunId.")]
    public string Path { get; set; } = "";

    /// <summary>The ids of the two runs: first the reference, then the other. The first characters of an id are enough if no other id starts with them.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true), ArgumentCompleter(typeof(RunIdCompleter)), Exact<string[]>]
    public string[] RunId { get; set; } = [];

    /// <summary>Also returns rows for values that are equal.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter IncludeEqual { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => RunId;

    /// <inheritdoc/>
    protected override void Process() => ids.AddRange(RunId);

    /// <inheritdoc/>
    protected override void End()
    {
        string advice = ids.Count == 0 ? " Pipe two rows of Get-ExperimentRun, or use -RunId ID1, ID2; ids themselves cannot be piped." : "";
        if (ids.Count != 2) throw new ArgumentException($"RunId must name two runs; got {(ids.Count == 0 ? "none" : ids.Count == 1 ? "one id" : $"{ids.Count} ids")}.{advice}", nameof(RunId));
        var folder = SweepFolder.Open(ResolvePath(Path));
        RunRow reference = folder.FindRun(ids[0]), other = folder.FindRun(ids[1]);
        // The first characters of one id may stand for the other.
        if (reference.Spec.Id == other.Spec.Id) throw new ArgumentException($"RunId must name two different runs; got '{reference.Spec.Id}' twice.", nameof(RunId));
        foreach (ExperimentRow row in RunComparison.Of(reference, other, IncludeEqual)) WriteObject(RowObjects.From(row, "ReparamPS.RunDifference"));
    }
}
