using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Sweeps;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>Counts the runs of a sweep's folder by their states.</summary>
/// <remarks>The folder may be in use by this or another machine, or read-only.</remarks>
/// <example>
/// <para>How far a sweep is</para>
/// <code>Get-ExperimentSweep -Path sweep</code>
/// </example>
/// <example>
/// <para>All sweeps below a folder that still have something to run</para>
/// <code>Get-ChildItem sweep.json -Recurse | ForEach-Object Directory | Get-ExperimentSweep | Where-Object Pending -GT 0</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "ExperimentSweep")]
[OutputType(typeof(SweepCounts))]
public sealed class GetExperimentSweepCommand : ReparamCmdlet
{
    /// <summary>The sweep's folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Alias("FullName")]
    public string[] Path { get; set; } = [];

    /// <inheritdoc/>
    protected override object ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (string path in Path) WriteObject(SweepFolder.Open(ResolvePath(path)).Count());
    }
}
