using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Native;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Shows versions, threads, devices, and where libtorch was loaded from.</summary>
/// <remarks>
/// <para>Use this cmdlet first if CUDA or a native library does not work as expected. The cmdlet loads libtorch.</para>
/// <para>To use another copy of libtorch 2.10, start a new session. Before the first command of this module, set the environment variable REPARAMPS_TORCH_HOME to the folder of that copy, such as torch/lib of a Python environment. REPARAMPS_TORCH_FORCE=1 allows a version other than 2.10.</para>
/// </remarks>
/// <example>
/// <para>Show versions, threads and devices</para>
/// <code>Get-TorchEnvironment</code>
/// </example>
/// <example>
/// <para>Choose the device in a script</para>
/// <code>$device = if ((Get-TorchEnvironment).CudaAvailable) { 'cuda' } else {
///     'cpu'
/// }
/// New-NormalDistribution -Device $device | Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>List the native libraries, or why they cannot be loaded</para>
/// <code>Get-TorchEnvironment -Library</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "TorchEnvironment"), OutputType(typeof(TorchEnvironment), typeof(TorchLibrary))]
public sealed class GetTorchEnvironmentCommand : ReparamCmdlet
{
    /// <summary>Lists the native libraries instead, with version and path. For a missing library, the row says why it cannot be loaded; the cmdlet itself reports no error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Library { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Library) WriteObject(TorchLibrary.List(), enumerateCollection: true);
        else WriteObject(TorchEnvironment.Read());
    }
}
