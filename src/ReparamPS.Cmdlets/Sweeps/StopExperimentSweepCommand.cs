using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps.Slurm;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Stops a sweep, wherever it runs: job arrays are cancelled, and other coordinators end within seconds.</summary>
/// <remarks>Runs under way are pending again; what is done stays. The same sweep, or Invoke-ExperimentSweep -Resume, goes on with it.</remarks>
/// <example>
/// <para>Stopping a sweep</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Stop-ExperimentSweep -Path squares</code>
/// </example>
/// <example>
/// <para>Seeing what would be stopped</para>
/// <code>$null = New-ExperimentGrid @{ X = 1, 2, 3 } | Invoke-ExperimentSweep -Path squares { [pscustomobject]@{ Square = $_.X * $_.X } }
/// Stop-ExperimentSweep -Path squares -WhatIf</code>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "ExperimentSweep", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class StopExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName")]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = SweepFolder.Open(ResolvePath(Path));
        if (!ShouldProcess(folder.Path, "Stop the sweep")) return;
        int tasks = new SlurmEngine(folder).Cancel();
        WriteVerbose($"{tasks} tasks of job arrays were cancelled, and {folder.Stop()} coordinators asked to stop.");
    }
}
