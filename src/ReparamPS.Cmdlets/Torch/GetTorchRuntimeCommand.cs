using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Lists the libtorch runtimes on this machine.</summary>
/// <remarks>
/// <para>Selected marks the runtime that this session uses, or will use when it loads libtorch. It is the first of these that exists: the folder in the environment variable REPARAMPS_TORCH_HOME, the copy beside the module's assemblies, a runtime from Install-TorchRuntime.</para>
/// <para>The cmdlet does not load libtorch.</para>
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
