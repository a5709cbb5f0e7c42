using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Lists the libtorch runtimes on this machine.</summary>
/// <remarks>
/// <para>The column Kind says where a runtime comes from. Named: from the folder in the environment variable REPARAMPS_TORCH_HOME; Staged: from the module's folder bin; Installed: from Install-TorchRuntime.</para>
/// <para>The column Selected marks the runtime that this session uses, or will use when it loads libtorch. A session prefers Named to Staged, and Staged to Installed. Among installed runtimes it prefers cuda to cpu, and then one installed for the current user to one for all users.</para>
/// <para>The cmdlet does not load libtorch. It warns if the folder in REPARAMPS_TORCH_HOME does not exist or lacks libraries.</para>
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
    protected override void Process()
    {
        if (TorchRuntime.Warning() is { } warning) WriteWarning(warning);
        WriteObject(TorchRuntime.List(), enumerateCollection: true);
    }
}
