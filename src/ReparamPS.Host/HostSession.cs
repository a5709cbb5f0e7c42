using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace ReparamPS.Host;

/// <summary>A runspace with the module, which runs scripts, commands and lines. The engine formats the output.</summary>
internal sealed class HostSession : IDisposable
{
    /// <summary>The exit code after Ctrl+C.</summary>
    public const int Interrupted = 130;

    // A code that no script uses. It says that a line failed, which does not end the session.
    private const int FailedLine = int.MinValue;

    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly string manifest;
    private readonly bool interactive;
    private readonly HostUserInterface ui;
    private readonly ConsoleHost host;
    private readonly Runspace runspace;
    private readonly MissingNames missing;
    private PowerShell? running;
    private volatile bool wasInterrupted;

    /// <summary>Opens the runspace.</summary>
    /// <param name="manifest">The module's manifest.</param>
    /// <param name="interactive">Whether the session can ask the user.</param>
    public HostSession(string manifest, bool interactive)
    {
        (this.manifest, this.interactive) = (manifest, interactive);
        ui = new HostUserInterface(interactive || !Console.IsInputRedirected, Interrupt);
        host = new ConsoleHost(ui);
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ThreadOptions = PSThreadOptions.ReuseThread;
        if (OperatingSystem.IsWindows()) state.ExecutionPolicy = ExecutionPolicy.Bypass;
        AddToModulePath(Path.GetDirectoryName(Path.GetDirectoryName(manifest))!);
        runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        missing = new MissingNames(runspace, manifest);
        Evaluate(LocationCommands.Script);
        Console.CancelKeyPress += OnCancel;
    }

    /// <summary>The engine's version.</summary>
    public static string EngineVersion =>
        typeof(PowerShell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split(' ', '+')[0];

    /// <summary>The exit code that a script or a line asked for; null if none did.</summary>
    public int? ExitCode => host.ExitCode;

    /// <summary>The runspace.</summary>
    public Runspace Runspace => runspace;

    /// <summary>Imports the module. Shows an error and returns false if that fails.</summary>
    public bool ImportModule() =>
        Invoke(shell => shell.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", ActionPreference.Stop));

    /// <summary>Runs a script file and returns the process's exit code.</summary>
    public int RunScript(string path, IEnumerable<string> arguments)
    {
        Parser.ParseFile(path, out _, out ParseError[] errors);
        // The engine shows the errors of a .ps1 file itself.
        if (errors.Length > 0 && !Path.HasExtension(path))
        {
            Show(new ParseException(errors).ErrorRecord);
            return 1;
        }
        // A script's 'exit N' ends the script only, and leaves both marks; a native program that failed inside it leaves its code only,
        // and a script that can't be parsed or bound the failure only.
        string text = HostOptions.Call(path, arguments) + "; if (-not $?) { $Host.SetShouldExit($LASTEXITCODE ? $LASTEXITCODE : 1) }";
        return Code(Invoke(shell => shell.AddScript(text, useLocalScope: false)));
    }

    /// <summary>Runs a command and returns the process's exit code: 1 if its last statement failed, as in pwsh.</summary>
    public int RunCommand(string text) => Code(RunText(text, "if (-not $?) { $Host.SetShouldExit(1) }"));

    /// <summary>Runs a line of the prompt, and returns whether it succeeded: if it was redirected, whether its last statement did.</summary>
    public bool RunLine(string text)
    {
        wasInterrupted = false;
        // The history of an interactive session shows what is run.
        bool completed = RunText(text, interactive ? "" : $"if (-not $?) {{ $Host.SetShouldExit({FailedLine}) }}");
        if (host.ExitCode != FailedLine) return completed;
        host.ExitCode = null;
        return false;
    }

    /// <summary>Evaluates an expression for the host's own use; null if it fails.</summary>
    public string? Evaluate(string text)
    {
        try
        {
            using var shell = PowerShell.Create();
            shell.Runspace = runspace;
            return shell.AddScript(text).Invoke().FirstOrDefault()?.ToString();
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        ui.Progress.Clear();
        runspace.Dispose();
    }

    private bool RunText(string text, string epilogue)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors.Length == 0) return Invoke(shell => shell.AddScript(text + "\n" + epilogue, useLocalScope: false));
        Show(new ParseException(errors).ErrorRecord);
        return false;
    }

    private int Code(bool completed) => wasInterrupted ? Interrupted : !completed ? 1 : host.ExitCode ?? 0;

    private bool Invoke(Action<PowerShell> add)
    {
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        add(shell);
        shell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        running = shell;
        object? newest = missing.Newest();
        try
        {
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = interactive });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException error)
        {
            Show(error.ErrorRecord);
            return false;
        }
        finally
        {
            running = null;
            ui.Progress.Clear();
            foreach (string advice in missing.Advice(newest)) ui.WriteErrorLine(advice);
        }
    }

    /// <summary>Shows an error in the engine's concise view, on standard error.</summary>
    private void Show(ErrorRecord error)
    {
        ui.WritesErrors = true;
        try
        {
            using var shell = PowerShell.Create();
            shell.Runspace = runspace;
            shell.AddCommand("Out-Default").AddParameter("InputObject", error).Invoke();
        }
        catch (RuntimeException)
        {
            ui.WriteErrorLine(error.ToString());
        }
        finally
        {
            ui.WritesErrors = false;
        }
    }

    /// <summary>Stops the pipeline. Outside the prompt the process ends too, without waiting for a pipeline that does not stop.</summary>
    private void OnCancel(object? sender, ConsoleCancelEventArgs cancel)
    {
        cancel.Cancel = true;
        Interrupt();
    }

    private void Interrupt()
    {
        wasInterrupted = true;
        PowerShell? shell = running;
        if (shell is null && interactive) return;
        if (!interactive) _ = Task.Delay(StopPatience).ContinueWith(_ => Environment.Exit(Interrupted), TaskScheduler.Default);
        // The pipeline can end by itself at the same time. BeginStop would then throw on a thread of the engine, which ends the process; in a task, the exception is lost.
        if (shell is not null) _ = Task.Run(shell.Stop);
    }

    /// <summary>About topics are looked up in the folders of the module path.</summary>
    private static void AddToModulePath(string folder)
    {
        const string variable = "PSModulePath";
        string? current = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, string.IsNullOrEmpty(current) ? folder : folder + Path.PathSeparator + current);
    }
}
