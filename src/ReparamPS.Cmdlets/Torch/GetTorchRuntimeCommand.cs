using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Lists the libtorch runtimes on this machine.</summary>
/// <remarks>
/// Selected marks the runtime that this session uses, or would use. First choice: the folder in the environment variable REPARAMPS_TORCH_HOME. Second: the copy beside the
/// module's assemblies. Third: an installed runtime. The cmdlet does not load libtorch.
/// </remarks>
/// <example>
/// <para>All runtimes</para>
/// <code>Get-TorchRuntime</code>
/// </example>
/// <example>
/// <para>The folder that this session uses</para>
/// <code>(Get-TorchRuntime | Where-Object Selected).Path</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "TorchRuntime"), OutputType(typeof(TorchRuntime))]
public sealed class GetTorchRuntimeCommand : ReparamCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(TorchRuntime.List(), enumerateCollection: true);
}
