using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Removes installed libtorch runtimes.</summary>
/// <remarks>
/// It removes what Install-TorchRuntime made, and nothing else: not the copy beside the module's assemblies, and not a Python environment. Folders that become empty are removed too.
/// On Windows a runtime that a session has loaded is in use and stays.
/// </remarks>
/// <example>
/// <para>Remove all runtimes of this user</para>
/// <code>Get-TorchRuntime | Where-Object Scope -EQ CurrentUser |
///     Uninstall-TorchRuntime -WhatIf</code>
/// </example>
/// <example>
/// <para>Remove the runtimes of other versions than the selected one</para>
/// <code>Get-TorchRuntime |
///     Where-Object { $_.Kind -eq 'Installed' -and -not $_.Selected } |
///     Uninstall-TorchRuntime -WhatIf</code>
/// </example>
[Cmdlet(VerbsLifecycle.Uninstall, "TorchRuntime", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium), OutputType(typeof(void))]
public sealed class UninstallTorchRuntimeCommand : ReparamCmdlet
{
    /// <summary>The folder of an installed runtime, as Get-TorchRuntime lists it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty, Exact<string>]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override object? ErrorTarget => Path;

    /// <inheritdoc/>
    protected override void Process()
    {
        string path = ResolvePath(Path);
        if (ShouldProcess(path, "Remove libtorch")) TorchInstaller.Uninstall(path);
    }
}
