using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Lists the libtorch runtimes on this machine.</summary>
/// <remarks>
/// Selected is the runtime that this session uses, or would use: the folder that the environment variable REPARAMPS_TORCH_HOME names, otherwise the one that a build staged,
/// otherwise an installed one. It loads nothing.
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
