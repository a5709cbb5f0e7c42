using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Lists the libtorch runtimes on this machine.</summary>
/// <remarks>
/// <para>Selected marks the runtime that this session uses, or will use when it loads libtorch. The first of these that exists is selected: the folder in the environment variable REPARAMPS_TORCH_HOME, a copy in the module's folder bin, a runtime from Install-TorchRuntime (Cuda before Cpu).</para>
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
