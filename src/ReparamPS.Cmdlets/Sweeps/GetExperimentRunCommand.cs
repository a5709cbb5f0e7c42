using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Reads the runs of a sweep's folder, one row per run.</summary>
/// <remarks>
/// <para>Each row stands for a run: its id, status, settings and times, the columns of the last object that the run returned, and the error if it failed. If Invoke-ExperimentSweep used a -Strategy, which gives more training to better runs, the row also shows how far the run was trained, such as its Epochs. All rows of one call have the same columns; a value that a run lacks is null.</para>
/// <para>Failed: the run threw an error or ended with a nonzero exit code. Died: its process crashed or was killed. TimedOut and OutOfMemory: it reached the limit of time or memory. Pruned: it was stopped because other runs did better.</para>
/// <para>A damaged run causes a warning that names its file; the other runs are still returned. The sweep may be in progress, and the folder may be read-only.</para>
/// </remarks>
/// <example>
/// <para>Finished runs</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Get-ExperimentRun -Path squares -Status Done</code>
/// </example>
/// <example>
/// <para>Message and script position of failed runs</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 0 } |
///     Invoke-ExperimentSweep -Path fractions {
///         [pscustomobject]@{ Inverse = [int](1 / $_.X) }
///     }
/// $failed = 'Failed', 'TimedOut', 'OutOfMemory', 'Died'
/// Get-ExperimentRun -Path fractions -Status $failed |
///     ForEach-Object { "$($_.X): $($_.Message) $($_.Place)" }</code>
/// </example>
/// <example>
/// <para>All rows of all runs as a table in a file</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Get-ExperimentRun -Path squares -Expand |
///     Export-ExperimentData -Path squares.csv</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ExperimentRun")]
[OutputType("ReparamPS.ExperimentRun")]
public sealed class GetExperimentRunCommand : ReparamCmdlet
{
    /// <summary>The folders of one or more sweeps.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string[]>]
    public string[] Path { get; set; } = [];

    /// <summary>Returns only the runs with these ids; wildcards are allowed. An id without wildcards that no run has is an error. Default: all runs.</summary>
    [Parameter, SupportsWildcards, ArgumentCompleter(typeof(RunIdCompleter)), Exact<string[]>]
    public string[]? RunId { get; set; }

    /// <summary>Returns only runs in these states. Default: all states.</summary>
    [Parameter, Exact<RunStatus[]>]
    public RunStatus[]? Status { get; set; }

    /// <summary>Returns one row for each object that a run returned, not only for its last one.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Expand { get; set; }

    private readonly HashSet<string> found = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(SweepFolder Folder, RunRow Run)> runs = [];
    private readonly CommonColumns columns = new();

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        WildcardPattern[]? wanted = RunId?.Select(id => new WildcardPattern(id, WildcardOptions.IgnoreCase)).ToArray();
        foreach (string path in Path)
        {
            var folder = SweepFolder.Open(ResolvePath(path));
            foreach (RunRow run in folder.ReadRuns(damage => WriteWarning(damage.Message)))
            {
                Cancellation.ThrowIfCancellationRequested();
                if (wanted is not null && !wanted.Any(pattern => pattern.IsMatch(run.Spec.Id))) continue;
                found.Add(run.Spec.Id);
                if (Status is not null && !Status.Contains(run.Status)) continue;
                runs.Add((folder, run));
                columns.Add(run.ToRow().Columns);
            }
        }
    }

    // Only now are all columns known, and that no folder holds a run.
    /// <inheritdoc/>
    protected override void End()
    {
        foreach ((SweepFolder folder, RunRow run) in runs)
        {
            Cancellation.ThrowIfCancellationRequested();
            Write(folder, run);
        }
        foreach (string id in (RunId ?? []).Where(id => !WildcardPattern.ContainsWildcardCharacters(id) && !found.Contains(id)))
            WriteError(ErrorRecords.From(new FileNotFoundException($"No run has the id '{ShortText.Of(id)}'. Get-ExperimentRun without -RunId lists the runs."), id));
    }

    private void Write(SweepFolder folder, RunRow run)
    {
        try
        {
            WriteObject(RunRowObjects.From(folder, run, Expand, columns: columns), enumerateCollection: true);
        }
        catch (DataFormatException damage)
        {
            WriteWarning(damage.Message);
        }
    }
}
