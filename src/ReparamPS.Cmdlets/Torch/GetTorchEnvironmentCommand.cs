using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Native;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Shows versions, threads, devices, and where libtorch was loaded from.</summary>
/// <remarks>
/// Look here first if CUDA or the native library does not behave as expected. It loads libtorch. The environment variable REPARAMPS_TORCH_HOME names another
/// folder of libtorch 2.10, such as the torch/lib of a Python environment; REPARAMPS_TORCH_FORCE=1 allows another version.
/// </remarks>
/// <example>
/// <para>Everything</para>
/// <code>Get-TorchEnvironment</code>
/// </example>
/// <example>
/// <para>The device to use in a script</para>
/// <code>$device = if ((Get-TorchEnvironment).CudaAvailable) { 'cuda' } else {
///     'cpu'
/// }
/// New-NormalDistribution -Device $device | Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>Each native library, with its path and version, or why it is not loaded</para>
/// <code>Get-TorchEnvironment -Library</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "TorchEnvironment"), OutputType(typeof(TorchEnvironment), typeof(TorchLibrary))]
public sealed class GetTorchEnvironmentCommand : ReparamCmdlet
{
    /// <summary>Lists the native libraries instead: name, whether it is loaded, version, path, and the problem if it is not. A missing library is a row, not an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Library { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Library) WriteObject(TorchLibrary.List(), enumerateCollection: true);
        else WriteObject(TorchEnvironment.Read());
    }
}
