using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace ReparamPS.Host;

/// <summary>The host that the engine talks to.</summary>
internal sealed class ConsoleHost(HostUserInterface ui) : PSHost
{
    /// <summary>The host's version.</summary>
    public static Version HostVersion { get; } = Assembly.GetExecutingAssembly().GetName().Version!;

    /// <summary>The exit code that a script asked for; null if none did.</summary>
    public int? ExitCode { get; set; }

    /// <inheritdoc/>
    public override string Name => "ReparamPS.Host";

    /// <inheritdoc/>
    public override Version Version => HostVersion;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => ui;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    /// <summary>English, since help is looked up by this culture.</summary>
    public override CultureInfo CurrentUICulture { get; } = new("en-US");

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("ReparamPS.Host cannot open a nested prompt, so a debugger and the answer Suspend do not work. Run the command in pwsh instead.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("ReparamPS.Host cannot open a nested prompt, so a debugger and the answer Suspend do not work. Run the command in pwsh instead.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication() => ui.Progress.Clear();

    /// <inheritdoc/>
    public override void NotifyEndApplication() { }
}
