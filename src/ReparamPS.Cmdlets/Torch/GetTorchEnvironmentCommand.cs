using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Torch;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Shows versions, threads, devices, and where libtorch was loaded from.</summary>
/// <remarks>
/// Look here first if CUDA or the native library does not behave as expected. It loads libtorch.
/// </remarks>
/// <example>
/// <para>Everything</para>
/// <code>Get-TorchEnvironment</code>
/// </example>
/// <example>
/// <para>The device to use in a script</para>
/// <code>$device = if ((Get-TorchEnvironment).CudaAvailable) { 'cuda' } else { 'cpu' }
/// New-NormalDistribution -Device $device | Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "TorchEnvironment"), OutputType(typeof(TorchEnvironment))]
public sealed class GetTorchEnvironmentCommand : ReparamCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteObject(TorchEnvironment.Read());
}
