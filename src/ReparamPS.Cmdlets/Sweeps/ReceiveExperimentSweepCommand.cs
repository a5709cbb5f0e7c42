using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Returns the runs of a sweep that have ended, or waits until all have ended.</summary>
/// <remarks>
/// <para>Use this cmdlet after Invoke-ExperimentSweep -NoWait, or in another session while the sweep is in progress.</para>
/// <para>Each call returns all runs that have ended so far: one row per run, with its settings, its status and the columns of the last object that the run returned.</para>
/// <para>With -Wait, the cmdlet returns further rows as runs end, and stops when every run has ended. If runs are left and no process is working on them, there is an error. Ctrl+C ends the wait, not the sweep.</para>
/// </remarks>
/// <example>
/// <para>Get the runs that have ended</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Receive-ExperimentSweep -Path squares</code>
/// </example>
/// <example>
/// <para>Wait for all runs; here, they have ended already</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     }
/// Receive-ExperimentSweep -Path squares -Wait | Where-Object Square -GT 3</code>
/// </example>
[Cmdlet(VerbsCommunications.Receive, "ExperimentSweep")]
[OutputType("ReparamPS.ExperimentRun")]
public sealed class ReceiveExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string>(RunHint = "Path is the folder of the sweep.")]
    public string Path { get; set; } = "";

    /// <summary>Waits until every run has ended, and returns each run when it ends.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Wait { get; set; }

    /// <summary>Returns one row for each object that a run returned, not only for its last one.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Expand { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = SweepFolder.Open(ResolvePath(Path));
        if (Wait) WaitForRuns(folder);
        else
        {
            bool hasWarned = false;
            foreach (RunRow run in folder.ReadRuns(damage => WriteWarning(damage.Message)))
            {
                Cancellation.ThrowIfCancellationRequested();
                if (run.Result is null || run.Status == RunStatus.Pending) continue;
                RunRowObjects.WarnOfLeftOut(run, ref hasWarned, WriteWarning);
                WriteObject(RunRowObjects.From(folder, run, Expand), enumerateCollection: true);
            }
        }
    }

    private void WaitForRuns(SweepFolder folder)
    {
        RunSpec[] runs = [.. folder.ReadSpecs(damage => WriteWarning(damage.Message))];
        foreach (DataFormatException damage in runs.Select(folder.DamageOf).OfType<DataFormatException>()) WriteWarning(damage.Message);
        IReadOnlyList<ISweepEngine> engines = SweepEngines.All(folder);
        var progress = new SweepProgress(runs.Length, WriteProgress);
        bool hasWarned = false;
        foreach (RunRow run in SweepReceiver.Wait(folder, runs, () => engines.Any(engine => engine.Workers().Count > 0), Cancellation))
        {
            progress.Add(new RunEndedEvent(run, null));
            RunRowObjects.WarnOfLeftOut(run, ref hasWarned, WriteWarning);
            WriteObject(RunRowObjects.From(folder, run, Expand), enumerateCollection: true);
        }
        progress.Complete();
    }
}
