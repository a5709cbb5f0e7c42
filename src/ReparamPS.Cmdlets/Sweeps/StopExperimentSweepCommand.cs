using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Stops a sweep that runs on this machine, on another machine or on Slurm.</summary>
/// <remarks>Slurm jobs are canceled, and other processes of the sweep end within seconds. Finished runs are kept; interrupted runs become pending again. A finished sweep does not change. To resume the sweep, repeat the command that started it, or use Invoke-ExperimentSweep -Resume.</remarks>
/// <example>
/// <para>Stop a sweep at the first good run; the remaining runs stay pending</para>
/// <code>New-ExperimentGrid @{ X = 1..20 } |
///     Invoke-ExperimentSweep -Path squared -ThrottleLimit 1 {
///         [System.Threading.Thread]::Sleep(500)
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     } |
///     ForEach-Object {
///         if ($_.Square -ge 4) { Stop-ExperimentSweep -Path squared }
///     }
/// Get-ExperimentSweep -Path squared</code>
/// </example>
/// <example>
/// <para>Try out when to stop; with -WhatIf, the sweep runs to its end</para>
/// <code>New-ExperimentGrid @{ X = 1, 2, 3 } |
///     Invoke-ExperimentSweep -Path squares {
///         [pscustomobject]@{ Square = $_.X * $_.X }
///     } |
///     ForEach-Object {
///         if ($_.Square -eq 4) { Stop-ExperimentSweep squares -WhatIf }
///     }</code>
/// </example>
[Cmdlet(VerbsLifecycle.Stop, "ExperimentSweep", SupportsShouldProcess = true)]
[OutputType(typeof(void))]
public sealed class StopExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName"), Exact<string>(RunHint = "Path is the folder of the sweep.")]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        var folder = SweepFolder.Open(ResolvePath(Path));
        if (!ShouldProcess(folder.Path, "Stop the sweep")) return;
        foreach (ISweepEngine engine in SweepEngines.All(folder))
        {
            int asked = engine.Stop();
            WriteVerbose($"Engine {engine.GetType().Name.Replace("Engine", "", StringComparison.Ordinal)}: {asked} {(asked == 1 ? "worker was" : "workers were")} asked to stop.");
        }
    }
}
