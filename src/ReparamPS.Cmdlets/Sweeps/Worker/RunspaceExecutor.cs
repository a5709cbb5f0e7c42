using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;
using ReparamPS.TorchGuard;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Sweeps.Worker;

/// <summary>Executes runs in a runspace that stays open. A run's variables end with it; an error that a run does not handle is its failure.</summary>
internal sealed class RunspaceExecutor : IRunExecutor, IDisposable
{
    // Functions and blocks are compiled once; the text of a pipeline would be compiled for each run. The point is $_ as in ForEach-Object; variables are local in all of them.
    private static readonly SessionStateFunctionEntry OverPoint = new("__OverPoint", "param($__point, $__body) $__point | ForEach-Object -Process $__body");
    private static readonly SessionStateFunctionEntry ThroughClauses = new("__ThroughClauses", "param($__point, $__body) $__point | & $__body");
    private static readonly SessionStateFunctionEntry WithParameters = new("__WithParameters", "param($__parameters, $__body) & $__body @__parameters");

    private readonly RunHost host = new();
    private readonly Dictionary<string, ScriptBlock> bodies = [];
    private readonly RunOutputWriter console = new();
    private readonly Runspace runspace;
    private readonly RunspaceState state;
    private readonly LastExitCode exitCode;
    private readonly CancellationTokenSource stopping = new();
    private readonly string prefix;
    private volatile PowerShell? current;
    private readonly string? device = Environment.GetEnvironmentVariable(SweepWorker.DeviceVariable);

    /// <summary>Opens the runspace on the calling thread, which must be the one that executes.</summary>
    public RunspaceExecutor(string manifest, string location, string prefix)
    {
        this.prefix = prefix;
        InitialSessionState initial = InitialSessionState.CreateDefault2();
        initial.ThreadOptions = PSThreadOptions.UseCurrentThread;
        if (prefix.Length == 0) initial.ImportPSModule([manifest]);
        initial.Commands.Add([OverPoint, ThroughClauses, WithParameters]);
        runspace = RunspaceFactory.CreateRunspace(host, initial);
        runspace.Open();
        if (prefix.Length > 0) Import(manifest, prefix);
        state = new RunspaceState(runspace, location, ("ErrorActionPreference", ActionPreference.Stop), ("RunDevice", device), ("RunPath", null));
        exitCode = new LastExitCode(runspace);
        Console.SetOut(console);
        Console.SetError(console);
    }

    /// <inheritdoc/>
    public RunOutcome Execute(RunRequest request, IRunOutput output)
    {
        host.ExitCode = null;
        exitCode.Install();
        console.Run = output;
        try
        {
            runspace.SessionStateProxy.SetVariable("RunPath", request.Folder);
            using var shell = PowerShell.Create();
            shell.Runspace = runspace;
            Add(shell, request);
            current = shell;
            var rows = new OutputRows(output);
            using (request.Command.Kind == SweepCommandKind.Command ? new PointParameters() : null) Invoke(shell, output, rows);
            if (shell.InvocationStateInfo.State == PSInvocationState.Stopped) return new RunOutcome(RunStatus.Failed, "The run was stopped.");
            RunOutcome outcome = Outcome(request);
            if (outcome.Status == RunStatus.Done) rows.Finish();
            return outcome with { LeftOut = rows.FirstLeftOut };
        }
        catch (RuntimeException error)
        {
            return Failure(error, error.ErrorRecord);
        }
        finally
        {
            current = null;
            console.Finish();
            console.Run = null;
            runspace.SessionStateProxy.SetVariable("RunPath", null);
            state.Restore();
        }
    }

    /// <inheritdoc/>
    public Func<RunRequest, IRunOutput, Func<RunOutcome>> BeginBatch()
    {
        var images = new VaeDataReader();
        return (request, output) =>
        {
            using var training = new DeferredTraining(images);
            RunOutcome outcome = Execute(request, output);
            return training.IsLeft ? () => Train(training, request, output) : () => outcome;
        };
    }

    private RunOutcome Train(DeferredTraining training, RunRequest request, IRunOutput output)
    {
        try
        {
            var rows = new OutputRows(output);
            foreach (object row in training.Train(output.Progress, stopping.Token)) rows.AddOwn(row);
            return new RunOutcome(RunStatus.Done);
        }
        catch (Exception error) when (error is not IOException)
        {
            return Failure(error, ErrorRecords.From(error, null)) with { Place = request.Command.Text };
        }
    }

    // In a script with parameters, the engine's exception is another one, and only its id says so.
    private static string Advice(Exception error, ErrorRecord? record) => error is CommandNotFoundException || record?.FullyQualifiedErrorId == nameof(CommandNotFoundException) ? " A run does not see functions of the session: define the function in the script, or import its module there." : "";

    private static RunOutcome Failure(Exception error, ErrorRecord? record)
    {
        // An error of a cmdlet arrives as the engine's exception; only the record has the cmdlet's own.
        bool memory = NativeErrors.IsOutOfMemory((record?.Exception ?? error).GetBaseException());
        return new RunOutcome(memory ? RunStatus.OutOfMemory : RunStatus.Failed, (record?.ToString() ?? error.Message) + Advice(record?.Exception ?? error, record), Place(record));
    }

    private RunOutcome Outcome(RunRequest request)
    {
        if (host.ExitCode is { } exit) return IsAllowed(exit) ? new RunOutcome(RunStatus.Done) : new RunOutcome(RunStatus.Failed, $"The run ended with exit code {exit}.{Allowing(exit)}");
        if (exitCode.Value is not { } code || IsAllowed(code) || request.Command.Kind == SweepCommandKind.Command) return new RunOutcome(RunStatus.Done);
        return NativeTail.Find((ScriptBlockAst)Body(request.Command).Ast, exitCode.Position, IsNative) is { } program
            ? new RunOutcome(RunStatus.Failed, $"The last command of the script, '{program}', ended with exit code {code}.{Allowing(code)}") : new RunOutcome(RunStatus.Done);

        static string Allowing(int value) => $" If this code means success, use -AllowedExitCode {value} -Retry 1.";

        bool IsAllowed(int value) => value == 0 || request.AllowedExitCodes.Contains(value);
    }

    private bool IsNative(string name)
    {
        CommandInfo? found = runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.All);
        // A relative path may be relative to a location that the run has left.
        return found is null ? name.Contains('/') || name.Contains('\\') : (found is AliasInfo alias ? alias.ResolvedCommand : found) is ApplicationInfo or ExternalScriptInfo;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        stopping.Cancel();
        try
        {
            current?.BeginStop(null, null);
        }
        catch (ObjectDisposedException)
        {
            // It has just ended.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Dispose();
        runspace.Dispose();
        console.Dispose();
    }

    private void Add(PowerShell shell, RunRequest request)
    {
        SweepCommand command = request.Command;
        Hashtable parameters = ToParameters(request.Settings);
        if (command.Kind == SweepCommandKind.Command)
        {
            if (command.Module is { } module) Import(module);
            string name = OwnCommands.Find(command.Text, prefix, runspace.SessionStateProxy.InvokeCommand)?.Name ?? command.Text;
            shell.AddCommand(name, useLocalScope: true);
            AddOwnParameters(shell, request, name);
            shell.AddParameters(parameters);
            return;
        }
        ScriptBlock body = Body(command);
        if (command.Parameters) shell.AddCommand(WithParameters.Name).AddParameter("__parameters", parameters);
        else shell.AddCommand((HasClauses(body) ? ThroughClauses : OverPoint).Name).AddParameter("__point", RowObjects.From(request.Settings));
        shell.AddParameter("__body", body);
    }

    // Null means 'not given', as in objects that are piped to a cmdlet: most types have no null.
    private static Hashtable ToParameters(ExperimentRow settings)
    {
        var parameters = new Hashtable(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < settings.Columns.Count; i++)
        {
            if (settings.Values[i] is { } value) parameters[settings.Columns[i]] = value;
        }
        return parameters;
    }

    private ScriptBlock Body(SweepCommand command)
    {
        if (bodies.TryGetValue(command.Id, out ScriptBlock? known)) return known;
        // The text that the run's id stands for, even if the file has changed; the path is for $PSScriptRoot.
        return bodies[command.Id] = command.Kind == SweepCommandKind.ScriptBlock
            ? ScriptBlock.Create(command.Text)
            : Parser.ParseInput(command.Content, command.Text, out _, out _).GetScriptBlock();
    }

    private static bool HasClauses(ScriptBlock body) => body.Ast is ScriptBlockAst { BeginBlock: not null } or ScriptBlockAst { ProcessBlock: not null };

    // Parameters that belong to the worker, not to the run: the device, and the place of the checkpoint.
    private void AddOwnParameters(PowerShell shell, RunRequest request, string name)
    {
        CommandInfo? found = runspace.SessionStateProxy.InvokeCommand.GetCommand(name, CommandTypes.Cmdlet | CommandTypes.Function);
        if (found is null) return;
        if (device is not null && found.Parameters.ContainsKey("Device") && request.Settings["Device"] is null) shell.AddParameter("Device", device);
        // A training saves its checkpoint in the run's folder, and resumes from one that an interruption left there.
        bool placed = request.Settings["OutPath"] is not null || request.Settings["Resume"] is not null;
        if (!placed && found.Parameters.ContainsKey("OutPath") && found.Parameters.TryGetValue("Resume", out ParameterMetadata? resume) && resume.SwitchParameter)
        {
            shell.AddParameter("OutPath", request.CheckpointFolder).AddParameter("Resume");
        }
    }

    private void Import(string module, string? prefix = null)
    {
        using var import = PowerShell.Create();
        import.Runspace = runspace;
        import.AddCommand("Import-Module").AddParameter("Name", module);
        if (prefix is not null) import.AddParameter("Prefix", prefix);
        import.Invoke();
    }

    private static void Invoke(PowerShell shell, IRunOutput output, OutputRows rows)
    {
        using var produced = new PSDataCollection<PSObject?>();
        produced.DataAdded += (_, _) =>
        {
            foreach (PSObject? item in produced.ReadAll()) rows.Add(item);
        };
        Follow(shell.Streams.Error, record => output.Print($"ERROR: {record}"));
        Follow(shell.Streams.Warning, record => output.Print($"WARNING: {record.Message}"));
        Follow(shell.Streams.Verbose, record => output.Print($"VERBOSE: {record.Message}"));
        Follow(shell.Streams.Debug, record => output.Print($"DEBUG: {record.Message}"));
        Follow(shell.Streams.Information, record => output.Print($"{record.MessageData}"));
        Follow(shell.Streams.Progress, record => output.Progress($"{record.Activity}: {record.StatusDescription}", record.PercentComplete));
        shell.Invoke(null, produced);
    }

    private static void Follow<T>(PSDataCollection<T> stream, Action<T> handle) => stream.DataAdded += (_, _) =>
    {
        // Removed at once, so that 100,000 lines take no memory.
        foreach (T record in stream.ReadAll()) handle(record);
    };

    private static string? Place(ErrorRecord? record)
    {
        string? trace = record?.ScriptStackTrace?.Split('\n')[0].Trim();
        if (!string.IsNullOrEmpty(trace)) return trace;
        return record?.InvocationInfo?.MyCommand?.Name ?? record?.CategoryInfo?.Activity;
    }
}
