using System.Management.Automation;
using System.Runtime.CompilerServices;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Data;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Settings;
using ReparamPS.Torch;
using TorchSharp;

namespace ReparamPS.Cmdlets.Common;

/// <summary>
/// The mechanics that all cmdlets share: exceptions of Core become ErrorRecords (non-terminating for one bad input of many), Ctrl+C becomes
/// a cancellation, and paths resolve as in PowerShell.
/// </summary>
public abstract class ReparamCmdlet : PSCmdlet, IDisposable
{
    // More take long enough that a user may want to stop them.
    private const double QuickNumbers = 1 << 20;

    private readonly CancellationTokenSource stopping = new();
    private InputProperties? properties;
    private readonly Dictionary<string, object?> positions = [];
    private HashSet<string> commandLine = [];
    private (string Name, object? First, object? Second)? surplus;
    private bool hasBegun;

    /// <summary>Cancelled by Ctrl+C.</summary>
    protected CancellationToken Cancellation => stopping.Token;

    /// <summary>The target object of error records; null by default.</summary>
    protected virtual object? ErrorTarget => null;

    /// <summary>The names of the parameters that have a value: from the command line, or from properties of the input that are not blank.</summary>
    protected IEnumerable<string> GivenParameters => properties is null ? MyInvocation.BoundParameters.Keys : MyInvocation.BoundParameters.Keys.Where(name => !properties.Blanks.Contains(name));

    /// <summary>Whether the current input is a row whose cell of a name is blank.</summary>
    private protected bool IsBlankInRow(string name) => properties?.Blanks.Contains(name) == true;

    /// <summary>Whether the current input is an object whose properties are parameters, such as a row of a CSV file.</summary>
    private protected bool IsSettings => properties?.IsSettings ?? false;

    /// <summary>Decides about properties of the input that the cmdlet does not know. By default they may be there: rows have many columns.</summary>
    /// <param name="names">The properties' names.</param>
    /// <param name="near">The parameters that a name may stand for.</param>
    protected virtual void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near) { }

    /// <summary>Handles one input.</summary>
    protected virtual void Process() { }

    /// <summary>Runs before the first input.</summary>
    protected virtual void Begin() { }

    /// <summary>Runs after the last input.</summary>
    protected virtual void End() { }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        hasBegun = true;
        commandLine = [.. MyInvocation.BoundParameters.Keys];
        if (MyInvocation.ExpectingInput) properties = new InputProperties(this);
        Guard(
            () =>
            {
                if (surplus is { } both) throw Surplus(both.Name, both.First, both.Second);
                foreach (string name in commandLine.Where(name => MyInvocation.BoundParameters[name] is null)) IntegerListAttribute.RefuseNull(GetType().GetProperty(name));
                Begin();
            },
            alwaysTerminates: true);
    }

    /// <summary>
    /// Takes the value of a parameter that is the first argument after input from the pipeline, and the second without it. Two arguments after input set it twice, and PowerShell
    /// drops the first one without a word.
    /// </summary>
    private protected T Once<T>(T value, [CallerMemberName] string name = "")
    {
        if (!hasBegun && !positions.TryAdd(name, value)) surplus ??= (name, positions[name], value);
        return value;
    }

    /// <summary>What the first argument, or each object from the pipeline, must be.</summary>
    private protected virtual string InputKind => "a distribution";

    /// <summary>The error for a parameter with two values.</summary>
    private protected virtual ArgumentException Surplus(string name, object? first, object? second)
    {
        if (TensorInput.Unwrap(second) is Distribution && TensorInput.Unwrap(first) is not Distribution)
            return new ArgumentException($"The distribution comes first, then {name}: {MyInvocation.MyCommand.Name} $distribution $value.", name);
        // Without input, the first argument did not convert to what usually comes from the pipeline.
        if (!MyInvocation.ExpectingInput) return new ArgumentException($"The first argument must be {InputKind}; got {NestedNumbers.Quoted(first)}.", name);
        string hint = ArgumentRules.IsFlag(TensorInput.Unwrap(second)) ? ArgumentRules.SwitchHint : "";
        return new ArgumentException($"{name} must be given once; got {NestedNumbers.Quoted(first)} and {NestedNumbers.Quoted(second)}.{hint}", name);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(ReadAndProcess, alwaysTerminates: false);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(End, alwaysTerminates: true);

    /// <inheritdoc/>
    protected override void StopProcessing() => stopping.Cancel();

    /// <summary>Runs work on a distribution. If it is long, Ctrl+C ends the cmdlet at once.</summary>
    /// <param name="numbers">The count of numbers that the work computes.</param>
    /// <param name="distribution">The distribution. What calls a script block of the session runs on its thread.</param>
    /// <param name="work">The work. It must own what it uses, since it may outlive the cmdlet.</param>
    private protected T RunLong<T>(double numbers, Distribution distribution, Func<T> work) => numbers > QuickNumbers && !CustomDistribution.IsPartOf(distribution) ? RunInterruptibly(work) : work();

    /// <summary>
    /// Runs work that libtorch does in one piece, which nothing can stop, on another thread. Ctrl+C ends the cmdlet at once; the work ends by itself later, and its result is disposed.
    /// </summary>
    /// <param name="work">The work. It must own what it uses, since it may outlive the cmdlet.</param>
    private T RunInterruptibly<T>(Func<T> work)
    {
        // Gradient mode and dispose scope belong to a thread: the other one gets the caller's mode, and the result joins the caller's scope.
        bool gradients = torch.is_grad_enabled();
        var task = Task.Factory.StartNew(
            () =>
            {
                using var mode = torch.set_grad_enabled(gradients);
                return work();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Task.WaitAny([task], Cancellation);
        }
        catch (OperationCanceledException)
        {
            task.ContinueWith(done => (done.IsCompletedSuccessfully ? done.Result as IDisposable : null)?.Dispose(), TaskScheduler.Default);
            throw;
        }
        T result = task.GetAwaiter().GetResult();
        if (result is torch.Tensor tensor) torch.CurrentDisposeScope?.Attach(tensor);
        return result;
    }

    /// <summary>Ends the pipeline if a script block of the call fails, and all other input would fail in the same way.</summary>
    /// <param name="block">The call of the script block.</param>
    /// <param name="isSameForAll">Whether all input would fail in the same way.</param>
    private protected T Evaluate<T>(Func<T> block, bool isSameForAll)
    {
        try
        {
            return block();
        }
        catch (CustomFunctionException error) when (isSameForAll)
        {
            ThrowTerminatingError(ErrorRecords.From(error, ErrorTarget));
            throw;
        }
    }

    /// <summary>The file system path of a PowerShell path, which need not exist.</summary>
    /// <param name="path">The path.</param>
    /// <param name="parameter">The parameter that holds it; its name is taken from the call.</param>
    /// <exception cref="ArgumentException">The path is not one of the file system, such as 'Env:\x', or 'x' if the current location is 'Env:'; or it has a character that no path may have.</exception>
    protected string ResolvePath(string path, [CallerArgumentExpression(nameof(path))] string parameter = "")
    {
        CheckPath(path, parameter);
        string resolved;
        ProviderInfo provider;
        try
        {
            resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        // The engine takes the scheme of an address for a drive.
        catch (System.Management.Automation.DriveNotFoundException error) when (path.Contains("://", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{char.ToUpperInvariant(parameter[0])}{parameter[1..]} must be a path of the file system; got the address {ShortText.Quoted(path)}. To read a file from the network, download it first: Invoke-WebRequest with -OutFile.", parameter, error);
        }
        if (provider.ImplementingType != typeof(Microsoft.PowerShell.Commands.FileSystemProvider))
        {
            throw new ArgumentException($"'{ShortText.Of(path)}' is not a path of the file system but of the provider {provider.Name}. Give a full path of the file system, or change to a folder with Set-Location.", nameof(path));
        }
        return resolved;
    }

    /// <summary>Refuses a character that no path may have, such as the null character.</summary>
    internal static void CheckPath(string path, string parameter)
    {
        if (path.IndexOfAny(System.IO.Path.GetInvalidPathChars()) is >= 0 and var at)
            throw new ArgumentException($"{char.ToUpperInvariant(parameter[0])}{parameter[1..]} must not have the character {ShortText.Quoted(path[at])}, which no path may have; got {ShortText.Quoted(path)}.", parameter);
    }

    /// <summary>The files and folders that this call has written.</summary>
    private protected HashSet<string> OwnPaths { get; } = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    /// <summary>Refuses a file that this call has already written: the next input object would replace the last one.</summary>
    /// <param name="target">The file.</param>
    /// <param name="parameter">The parameter that names it.</param>
    private protected void RefuseOwnFile(string target, string parameter)
    {
        if (OwnPaths.Contains(target))
            throw new ArgumentException($"'{ShortText.Of(target)}' already holds an earlier input object of this call. Write one file per object: call {MyInvocation.MyCommand.Name} in ForEach-Object, with a different -{parameter} each time.", parameter);
    }

    /// <summary>Writes a file to the pipeline as Get-Item does, since PowerShell's view of files shows what the provider adds, such as UnixMode.</summary>
    /// <param name="path">A path of the file system.</param>
    private protected void WriteFile(string path)
    {
        OwnPaths.Add(path);
        WriteObject(SessionState.InvokeProvider.Item.Get([$@"Microsoft.PowerShell.Core\FileSystem::{path}"], force: true, literalPath: true), enumerateCollection: true);
    }

    /// <summary>What happens to an existing file, from the switches of a cmdlet that writes files.</summary>
    private protected static ExistingFile ExistingFiles(bool noClobber, bool force) => noClobber ? ExistingFile.Refuse : force ? ExistingFile.ReplaceReadOnly : ExistingFile.OfferForce;

    /// <summary>The value of a switch; null if it was not given.</summary>
    private protected bool? GivenSwitch(string name, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(name) ? value : null;

    /// <summary>Whether a parameter was given to this call. A default of the session, in $PSDefaultParameterValues, does not count: it may be set for other calls.</summary>
    private protected bool IsGivenHere(string name) => MyInvocation.BoundParameters.ContainsKey(name) && !SessionDefaults.Has(this, name);

    /// <summary>The parameters that had a value before the first input.</summary>
    private protected IReadOnlySet<string> CommandLine => commandLine;

    /// <summary>Whether a parameter is on the command line of this call.</summary>
    private protected bool IsTyped(string name) => commandLine.Contains(name) && !PointParameters.IsBound && !SessionDefaults.Has(this, name);

    /// <summary>Whether an input object sets a parameter.</summary>
    private protected bool IsFromInput(string name) => !commandLine.Contains(name) && MyInvocation.BoundParameters.ContainsKey(name);

    /// <summary>Refuses an input of which nothing but options is read, such as the type and device of a tensor.</summary>
    /// <param name="parameters">The parameters that are not options.</param>
    /// <param name="subject">What has these parameters.</param>
    private protected void RefuseUnread(IEnumerable<string> parameters, string subject)
    {
        if (properties?.Input is { } input && !IsSettings && !parameters.Any(IsFromInput))
            throw new ArgumentException($"The input must be an object whose properties are parameters of {subject} ({string.Join(", ", parameters)}), such as a row of a CSV file; got {ArgumentRules.Got(input)}.", "InputObject");
    }

    /// <summary>Refuses settings of the command line that have no effect. Those of input objects may have none, and so may those that an input object makes useless: a grid has all columns at all points.</summary>
    /// <param name="settings">The settings that may be without effect.</param>
    /// <param name="values">The settings of the run.</param>
    private protected void CheckUsed<T>(IEnumerable<DependentSetting<T>> settings, T values) where T : class, new()
    {
        foreach (DependentSetting<T> setting in settings)
            if (IsTyped(setting.Name) && !setting.On.Any(IsFromInput)) setting.Check(values);
    }

    /// <summary>Refuses a parameter of the command line that has no effect.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="isUsed">Whether it has an effect.</param>
    /// <param name="requirement">What it requires.</param>
    /// <param name="found">What was given instead.</param>
    private protected void CheckUsed(string name, bool isUsed, string requirement, string found)
    {
        if (!isUsed && IsTyped(name)) throw new ArgumentException($"{name} requires {requirement}; got {found}.", name);
    }

    /// <summary>The element type of a -DType parameter.</summary>
    protected static torch.ScalarType? ParseDType(string? name) => name is null ? null : TorchTypes.ParseFloat(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the cmdlet's resources; also runs if the pipeline ends early.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) stopping.Dispose();
    }

    private void ReadAndProcess()
    {
        if (properties?.Read() is { Count: > 0 } unknown) CheckUnknown(unknown, properties.Near);
        Process();
    }

    private void Guard(Action body, bool alwaysTerminates)
    {
        try
        {
            body();
        }
        // The engine ends a pipeline early (break, Select-Object -First) with an exception, which must pass through.
        catch (Exception error) when (error is not (PipelineStoppedException or RuntimeException or FlowControlException))
        {
            if (error is OperationCanceledException && Cancellation.IsCancellationRequested) throw new PipelineStoppedException();
            ErrorRecord record = ErrorRecords.From(error, ErrorTarget);
            if (alwaysTerminates || ErrorRecords.IsTerminating(error)) ThrowTerminatingError(record);
            WriteError(record);
        }
    }
}
