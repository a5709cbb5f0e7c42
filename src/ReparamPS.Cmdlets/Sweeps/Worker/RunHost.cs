using System.Globalization;
using System.Management.Automation.Host;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>The host of runs: it cannot ask anybody, and notes an exit.</summary>
internal sealed class RunHost : PSHost
{
    /// <summary>The exit code of the run, if it called exit.</summary>
    public int? ExitCode { get; set; }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "ReparamPS sweep worker";

    public override PSHostUserInterface? UI => null;

    public override Version Version { get; } = new(1, 0);

    public override void EnterNestedPrompt() => throw new NotSupportedException("A run of a sweep cannot ask for input. Give all values as settings or parameters.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("A run of a sweep cannot ask for input. Give all values as settings or parameters.");

    public override void NotifyBeginApplication() { }

    public override void NotifyEndApplication() { }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;
}
