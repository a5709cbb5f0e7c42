using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Counts the runs of a sweep by state.</summary>
/// <remarks>
/// <para>Returns one row per folder. Each of the columns Pending, Running, Done, Pruned, Failed, TimedOut, OutOfMemory and Died counts the runs in the state of that name; Total counts all runs. Died: the process of the run crashed or was killed.
/// The column Jobs counts the sweep's Slurm tasks by state, and is empty if there are none. The sweep may be in progress, and the folder may be read-only. A run whose settings cannot be read is left out, with a warning.</para>
/// <para>-Strategy of Invoke-ExperimentSweep executes runs in stages and continues only the better runs. Pending includes runs that wait between two stages. Pruned counts the runs that -Strategy or -Pruner stopped.</para>
/// </remarks>
/// <example>
/// <para>The progress of a sweep</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Get-ExperimentSweep -Path squares</code>
/// </example>
/// <example>
/// <para>Sweeps with pending runs</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path partial -MaxRuns 1 {
///         [pscustomobject]@{ Cube = $_.X * $_.X * $_.X }
///     }
/// 'partial' | Get-ExperimentSweep | Where-Object Pending -GT 0</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ExperimentSweep")]
[OutputType(typeof(SweepCounts))]
public sealed class GetExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The folders of one or more sweeps.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string[]>]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string path in Path)
        {
            var folder = SweepFolder.Open(ResolvePath(path));
            WriteObject(SweepCounts.Of(folder.Path, States(folder)) with { Jobs = JobsOf(folder) });
        }
    }

    private IEnumerable<RunStatus> States(SweepFolder folder)
    {
        foreach (RunRow run in folder.ReadRuns(damage => WriteWarning(damage.Message)))
        {
            Cancellation.ThrowIfCancellationRequested();
            yield return run.Status;
        }
    }

    private string JobsOf(SweepFolder folder)
    {
        try
        {
            return string.Join(", ", SweepEngines.Create(SweepEngine.Slurm, folder).Workers().Select(state => $"{state.Value} {state.Key}"));
        }
        catch (SweepException error)
        {
            // The job was submitted on another machine. The runs can be counted here anyway.
            WriteWarning(error.Message);
            return "unknown";
        }
    }
}
