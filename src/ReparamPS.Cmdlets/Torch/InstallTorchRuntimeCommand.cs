using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Messages;
using ReparamPS.Native;
using ReparamPS.Runtimes;

namespace ReparamPS.Cmdlets.Torch;

/// <summary>Installs libtorch, the native library that computes with tensors.</summary>
/// <remarks>
/// <para>The module is published without libtorch. This cmdlet downloads libtorch as a NuGet package (about 130 MB on Linux), checks its SHA-512 hash, and extracts it to the folder of -Scope or -Path (about 460 MB). Interrupted downloads resume. If the folder already holds this runtime, nothing changes, unless -Force is given. Another runtime, or an incomplete one, is an error without -Force.</para>
/// <para>-Device Cuda downloads several GB of packages, with libtorch for CUDA 12.8. The module does not know the hashes of these packages: it checks a download against the hash from the NuGet source. CUDA packages from a folder are not checked, and cause a warning.</para>
/// <para>If PyTorch 2.10 is installed, with or without CUDA, you can use its libtorch in place: instead of running this cmdlet, set the environment variable REPARAMPS_TORCH_HOME to its torch/lib folder.</para>
/// </remarks>
/// <example>
/// <para>Show what would be installed, and where</para>
/// <code>Install-TorchRuntime -WhatIf</code>
/// </example>
/// <example>
/// <para>Show what would be installed from one NuGet source</para>
/// <code>$source = 'https://api.nuget.org/v3/index.json'
/// Install-TorchRuntime -Source $source -WhatIf</code>
/// </example>
[Cmdlet(VerbsLifecycle.Install, "TorchRuntime", SupportsShouldProcess = true), OutputType(typeof(TorchRuntime))]
public sealed class InstallTorchRuntimeCommand : ReparamCmdlet
{
    /// <summary>The device for which libtorch is built. Cuda needs about 17 GB of disk space during the installation. Default: Cpu.</summary>
    [Parameter]
    [AllowedNames("Cpu", "Cuda"), ValidateSet("Cpu", "Cuda"), Exact<string>]
    public string Device { get; set; } = "Cpu";

    /// <summary>A folder of NuGet packages, the URL or name of a NuGet source, or a folder of libtorch 2.10 to copy, such as torch/lib of a Python environment without CUDA. Default: all enabled sources of the NuGet configuration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty, Exact<string>]
    public string? Source { get; set; }

    /// <summary>The folder to install to: a new or empty one, or one that holds only a runtime, which -Force replaces. Sessions use it only if the environment variable REPARAMPS_TORCH_HOME is set to it. Default: the folder of -Scope.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty, Exact<string>]
    public string? Path { get; set; }

    /// <summary>The users for whom the runtime is installed; an error with -Path. AllUsers needs administrator rights. Default: CurrentUser.</summary>
    [Parameter, Exact<RuntimeScope>]
    public RuntimeScope Scope { get; set; }

    /// <summary>Replaces an installed runtime.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Path is not null && IsTyped(nameof(Scope))) throw new ArgumentException("Path and Scope cannot be combined, because Scope selects the folder. Use one of them.", nameof(Scope));
        string here = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        string? source = Source is not null && System.IO.Path.Exists(ResolveFolder(Source)) ? ResolveFolder(Source) : Source;
        var options = new InstallOptions(Device.ToLowerInvariant(), source, Path is null ? null : ResolvePath(Path), Scope, Force, here);
        options.Check();
        if (!options.IsInstalled() && !ShouldProcess(options.Target, $"Install libtorch {LibTorchVersion.Required} ({Device}) from {source ?? "the NuGet sources"}")) return;
        bool wasLoaded = NativeLibraries.IsTorchLoaded;
        TorchRuntime runtime;
        var pace = new ProgressPace(TimeSpan.Zero);
        var bar = new ProgressRecord(1, "Installing libtorch", "Starting");
        try
        {
            runtime = new TorchInstaller(options, (activity, done, total) =>
            {
                if (!pace.IsDue()) return;
                bar.StatusDescription = total == 0 ? activity : FormattableString.Invariant($"{activity} {done / 1e6:0} of {total / 1e6:0} MB");
                bar.PercentComplete = (int)(100 * done / Math.Max(total, 1));
                WriteProgress(bar);
            }, WriteWarning).Install(Cancellation);
        }
        finally
        {
            bar.RecordType = ProgressRecordType.Completed;
            if (pace.HasBegun) WriteProgress(bar);
        }
        if (wasLoaded && (Force || !runtime.Selected)) WriteWarning("This session has loaded libtorch already. Start a new session to use the installed runtime.");
        else if (Path is not null) WriteWarning($"Set the environment variable {NativeLibraries.DirectoryVariable} to '{ShortText.Of(runtime.Path)}', so that sessions find the runtime.");
        WriteObject(runtime);
    }

    // A URL is not a path of PowerShell: its scheme would be the name of a drive.
    private string ResolveFolder(string source) => Uri.TryCreate(source, UriKind.Absolute, out Uri? uri) && !uri.IsFile ? source : ResolvePath(source);
}
