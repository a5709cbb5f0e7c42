using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Removes installed libtorch runtimes.</summary>
/// <remarks>
/// <para>The cmdlet removes only the files that Install-TorchRuntime wrote, and folders that become empty. Other files in the folder of a runtime stay. It never removes libtorch from the module's own folder bin (if it is there) or from a Python environment. It asks for confirmation only with -Confirm.</para>
/// <para>On Windows, a runtime that a session has loaded cannot be removed: close that session first.</para>
/// </remarks>
/// <example>
/// <para>Show what would be deleted: all runtimes of this user</para>
/// <code>Get-TorchRuntime | Where-Object Scope -EQ CurrentUser |
///     Uninstall-TorchRuntime -WhatIf</code>
/// </example>
/// <example>
/// <para>Show what would be deleted: all installed runtimes that this session does not use</para>
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
        TorchInstaller.CheckInstalled(path);
        if (!ShouldProcess(path, "Remove libtorch")) return;
        ProgressRecord? bar = null;
        try
        {
            TorchInstaller.Uninstall(path, (activity, _, _) => WriteProgress(bar = new ProgressRecord(1, "Removing libtorch", activity)), Cancellation);
        }
        finally
        {
            if (bar is not null)
            {
                bar.RecordType = ProgressRecordType.Completed;
                WriteProgress(bar);
            }
        }
    }
}
