using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Slurm;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Gives the rows of a sweep that other processes work on: those there are, and with Wait the others as they come.</summary>
/// <remarks>With Wait it ends when every run has ended, or with an error when runs are left and nobody works on them any more. Ctrl+C ends the wait, and not the sweep.</remarks>
/// <example>
/// <para>What there is</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Receive-ExperimentSweep -Path squares</code>
/// </example>
/// <example>
/// <para>All of it, with a wait for what is not there yet</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Receive-ExperimentSweep -Path squares -Wait | Where-Object Square -GT 3</code>
/// </example>
[Cmdlet(VerbsCommunications.Receive, "ExperimentSweep")]
[OutputType("ReparamPS.ExperimentRun")]
public sealed class ReceiveExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName")]
    public string Path { get; set; } = "";

    /// <summary>Waits until every run has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Gives every row of each run, and not the last one alone.</summary>
    [Parameter]
    public SwitchParameter Expand { get; set; }

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = SweepFolder.Open(ResolvePath(Path));
        if (Wait)
        {
            Receive(folder, [.. folder.ReadSpecs()], Expand, WriteProgress, row => WriteObject(row), Cancellation);
            return;
        }
        foreach (RunRow run in folder.ReadRuns())
        {
            Cancellation.ThrowIfCancellationRequested();
            if (run.Result is not null) WriteObject(RunRowObjects.From(folder, run, Expand), enumerateCollection: true);
        }
    }

    internal static void Receive(
        SweepFolder folder, IReadOnlyList<RunSpec> runs, bool expand, Action<ProgressRecord> progress, Action<PSObject> write, CancellationToken cancellation)
    {
        var bar = new SweepProgress(runs.Count, 0, progress);
        var slurm = new SlurmEngine(folder);
        foreach (RunRow run in SweepReceiver.Wait(folder, runs, () => folder.IsActive || slurm.States().Count > 0, cancellation))
        {
            bar.Tell(new RunEndedEvent(run, null));
            foreach (PSObject row in RunRowObjects.From(folder, run, expand)) write(row);
        }
        bar.Complete();
    }
}
