using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Reads the runs of a sweep's folder, one row a run.</summary>
/// <remarks>A row has the run's id, status and settings (with a strategy also the budget that it reached, such as its Epochs), the last row that it gave (the final epoch of a training), times, and what went wrong. The folder may be in use, or read-only.</remarks>
/// <example>
/// <para>What is done</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Get-ExperimentRun -Path squares -Status Done</code>
/// </example>
/// <example>
/// <para>What failed, and where</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 0 } | Invoke-ExperimentSweep -Path fractions { [pscustomobject]@{ Inverse = [int](1 / $_.X) } }
/// Get-ExperimentRun -Path fractions -Status Failed, TimedOut, Died | ForEach-Object { "$($_.X): $($_.Message) $($_.Place)" }</code>
/// </example>
/// <example>
/// <para>Every row of every run, as a table in a file</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Get-ExperimentRun -Path squares -Expand | Export-ExperimentData -Path squares.csv -Force</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ExperimentRun")]
[OutputType("ReparamPS.ExperimentRun")]
public sealed class GetExperimentRunCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName")]
    public string[] Path { get; set; } = [];

    /// <summary>Only runs of these ids; wildcards are allowed.</summary>
    [Parameter, SupportsWildcards]
    public string[]? RunId { get; set; }

    /// <summary>Only runs in these states.</summary>
    [Parameter]
    public RunStatus[]? Status { get; set; }

    /// <summary>Gives every row of each run, and not the last one alone.</summary>
    [Parameter]
    public SwitchParameter Expand { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        WildcardPattern[]? wanted = RunId?.Select(id => new WildcardPattern(id, WildcardOptions.IgnoreCase)).ToArray();
        foreach (string path in Path)
        {
            var folder = SweepFolder.Open(ResolvePath(path));
            foreach (RunRow run in folder.ReadRuns())
            {
                Cancellation.ThrowIfCancellationRequested();
                if (Status is not null && !Status.Contains(run.Status)) continue;
                if (wanted is not null && !wanted.Any(pattern => pattern.IsMatch(run.Spec.Id))) continue;
                WriteObject(RunRowObjects.From(folder, run, Expand), enumerateCollection: true);
            }
        }
    }
}
