using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Messages;
using ReparamPS.Runs;
using ReparamPS.Settings;

namespace ReparamPS.Cmdlets.Common;

/// <summary>A cmdlet that trains: each input object is a run whose properties are settings; runs can be stored in folders and resumed.</summary>
public abstract class TrainingCommandBase : ReparamCmdlet
{
    private const int MaxShown = 3;

    private PSObject? firstRow;
    private string? current;
    private bool hasInput;
    private int repeated;
    private readonly HashSet<string> warned = [], trained = [];
    // With their texts.
    private Dictionary<string, string> blocks = [];

    /// <summary>The folder in which the run is stored: run.json, the rows as CSV, model.safetensors and a checkpoint. For several input objects, give a script block that names a folder for each, such as -OutPath { "runs/$($_.Seed)" }. Default: the run is not stored.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true), AllowEmptyString, AllowNull, Exact<string>]
    public string? OutPath { get; set; }

    // Its help names the parameter for the length of the run, which has another name in each cmdlet.
    /// <summary>Resumes the run in OutPath.</summary>
    public abstract SwitchParameter Resume { get; set; }

    /// <summary>If OutPath already holds a run, replaces its files when the new run has made its first step. Without -Force or -Resume, a stored run is an error; with both, it is resumed.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Force { get; set; }

    /// <summary>If settings come from the pipeline as properties of objects, ignores properties that are not settings, such as notes. Without -IgnoreUnknown, they are an error.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter IgnoreUnknown { get; set; }

    // Without it, the engine itself would refuse an object none of whose properties is a parameter, and not name them.
    /// <summary>The settings of one run, from the pipeline: each property of the object sets the parameter of the same name.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What progress calls the work, such as "Training a VAE".</summary>
    private protected abstract string Activity { get; }

    /// <summary>How runs are stored.</summary>
    private protected abstract RunKind Kind { get; }

    /// <summary>The command that resumes the current run.</summary>
    private protected virtual string ResumeCommand => $"{MyInvocation.MyCommand.Name} -OutPath '{CodeGeneration.EscapeSingleQuotedStringContent(OutPath)}' -Resume";

    /// <summary>The parameters for checkpoints.</summary>
    private protected abstract IEnumerable<string> CheckpointParameters { get; }

    /// <summary>When checkpoints are written: at most one per second unless their number of steps was given.</summary>
    private protected Checkpointing Checkpoints(string name, int every, double minutes) => new(every, minutes, GivenParameters.Contains(name) ? 0 : 1);

    /// <summary>Where a training is, such as "epoch 2 of 5".</summary>
    private protected abstract string Position(TrainingProgress progress);

    /// <inheritdoc/>
    protected override void Begin()
    {
        // A blank cell of a row means 'not given'; an argument without a value is more likely a mistyped variable. A script block gets its value with each row.
        foreach (string name in PathParameters.Where(name => IsTyped(name) && MyInvocation.BoundParameters[name] is null or ""))
            throw new ArgumentException($"{name} must not be empty. Give a path, or leave out -{name}.", name);
        InputProperties.RefuseTyped(this, nameof(InputObject));
        // Until a row comes, the engine holds a type of its own in the place of the value.
        blocks = MyInvocation.BoundParameters.Where(entry => entry.Value?.GetType().Name == "DelayedScriptBlockArgument").ToDictionary(entry => entry.Key, entry => entry.Value.ToString() ?? "");
    }

    /// <inheritdoc/>
    protected sealed override void Process()
    {
        hasInput = true;
        // An undefined variable would be a training with all defaults.
        if (InputObject is null && MyInvocation.ExpectingInput)
            throw new ArgumentException("The input must be an object whose properties are settings, such as a row of a CSV file; got null. Check the variable or command before the pipe.", nameof(InputObject));
        InputProperties.CheckSettings(this, InputObject, IsSettings, CommandLine, InputHint);
        CheckBlocks();
        Run();
    }

    /// <inheritdoc/>
    protected sealed override void End()
    {
        if (MyInvocation.ExpectingInput && !hasInput && !NeedsInput) WriteWarning("No valid settings arrived from the pipeline, so nothing was trained.");
        if (repeated > 0)
            WriteWarning($"{repeated} input {(repeated == 1 ? "row repeats the settings of an earlier row, and was" : "rows repeat the settings of an earlier row, and were")} not trained again. A training returns many rows with the same settings: to avoid this warning, pipe only the last row of each run.");
    }

    /// <summary>Writes warnings, each of them once per call: the runs of a call often share their images and most settings.</summary>
    /// <param name="warnings">The warnings; null for none.</param>
    private protected void WarnOnce(IEnumerable<string?> warnings)
    {
        foreach (string warning in warnings.OfType<string>().Where(warned.Add)) WriteWarning(warning);
    }

    /// <summary>Whether the input is another row of a run that this call has trained, such as its next epoch. A point without results may be repeated on purpose.</summary>
    /// <param name="folder">The folder of the run, if it has one: a run in another folder is not a repetition.</param>
    /// <param name="settings">The settings of the run.</param>
    private protected bool IsRepeat(string? folder, string settings)
    {
        if (InputObject?.Properties["RunId"] is null || folder is not null || trained.Add(settings)) return false;
        repeated++;
        return true;
    }

    // A blank property means 'not given'; a blank result of a script block is more likely a mistyped name in it.
    private void CheckBlocks()
    {
        if (blocks.Keys.FirstOrDefault(name => ExactConversion.IsBlank(GetType().GetProperty(name)!.GetValue(this))) is { } blank)
            throw new ArgumentException($"{blank} must not be empty, but its script block returned nothing for the input object. Check the names of properties in the block.", blank);
        // So does a path whose last part is blank, unless the block itself ends so.
        foreach ((string name, string text) in blocks)
        {
            if (PathParameters.Contains(name) && GetType().GetProperty(name)!.GetValue(this) is string path && path.EndsWith('/') && !text.TrimEnd(' ', '\n', '\r', '"', '\'').EndsWith('/'))
                throw new ArgumentException($"{name} must end with a name, but its script block returned '{ShortText.Of(path)}' for the input object. Check the names of properties in the block.", name);
        }
    }

    /// <summary>The parameters that name a file or folder.</summary>
    private protected virtual IReadOnlyList<string> PathParameters => [nameof(OutPath)];

    /// <summary>Whether the pipeline has to bring more than settings. The engine refuses input without it, with an error of its own.</summary>
    private protected virtual bool NeedsInput => false;

    /// <summary>A sentence for input that is not settings: what to do if it is data. Empty for none.</summary>
    private protected virtual string InputHint => "";

    /// <summary>A sentence for properties of the input that are not settings: what to do if they are data. Empty for none.</summary>
    private protected virtual string UnknownHint(IReadOnlyList<string> names) => "";

    /// <summary>Trains by the current settings.</summary>
    private protected abstract void Run();

    /// <inheritdoc/>
    protected sealed override void CheckUnknown(IReadOnlyList<string> names, Func<string, IReadOnlyList<string>> near)
    {
        try
        {
            InputProperties.CheckUnknown(this, names, near, IgnoreUnknown, UnknownHint(names));
        }
        // The other rows of such a file would have the same error.
        catch (ArgumentException error) when (AreData(names))
        {
            ThrowTerminatingError(ErrorRecords.From(error, InputObject));
        }
    }

    /// <summary>Whether properties of the input that are not settings show that all of it is something else, such as images, or a file that was read with another delimiter than its own.</summary>
    private protected virtual bool AreData(IReadOnlyList<string> names) => names is [var only] && UnknownColumn.DelimiterHint(only) is not null;

    /// <summary>The folder of the current run; null if it is not stored. A call with several runs needs one for each; otherwise the last run would replace the others.</summary>
    /// <exception cref="ArgumentException">A run of this call has the folder, or it holds an older run.</exception>
    private protected string? OwnFolder()
    {
        current = null;
        if (string.IsNullOrEmpty(OutPath))
        {
            CheckFolderParameters();
            return null;
        }
        string folder = Path.TrimEndingDirectorySeparator(ResolvePath(OutPath));
        RunFolder.CheckKind(folder, Kind);
        bool isFirst = OwnPaths.Add(folder);
        firstRow ??= InputObject;
        // -Force would let the runs of one call replace each other.
        if (IsSettings && CommandLine.Contains(nameof(OutPath)) && !blocks.ContainsKey(nameof(OutPath)) && !Force && !Resume && isFirst && RunFolder.HoldsFiles(folder, Kind))
        {
            OwnPaths.Remove(folder);
            throw new ArgumentException($"'{ShortText.Of(OutPath)}' already holds a run. {FolderPerRun()}", nameof(OutPath));
        }
        return isFirst ? current = folder
            : throw new ArgumentException($"OutPath must be different for each run; an earlier run of this call already uses '{ShortText.Of(OutPath)}'. {FolderPerRun()}", nameof(OutPath));
    }

    // The folders of different runs differ if all settings are in their names. Of many settings, those that differ from the first row are named.
    private string FolderPerRun()
    {
        // PowerShell adds BaseName, the name without its extension.
        if (InputObject?.BaseObject is FileInfo) return "Use one folder per run, such as -OutPath { \"runs/$($_.BaseName)\" }.";
        if (!IsSettings) return $"Call {MyInvocation.MyCommand.Name} once for each input object, with another -OutPath each time.";
        string[] names = [.. InputObject!.Properties.Select(property => property.Name).Where(name => !name.Equals(nameof(OutPath), StringComparison.OrdinalIgnoreCase))];
        if (names.Length > MaxShown) names = [.. names.Where(name => !Equals(firstRow!.Properties[name]?.Value, InputObject.Properties[name].Value)).DefaultIfEmpty("Seed")];
        if (names.Length == 0) return "Give each row another OutPath.";
        string folder = string.Join('-', names.Select(name => $"$($_.{name})"));
        return $"Use one folder per run, such as -OutPath {{ \"runs/{folder}\" }}.";
    }

    /// <summary>The given parameters, without defaults of the session: a stored run keeps its own values.</summary>
    private protected IEnumerable<string> GivenHere => GivenParameters.Where(name => !SessionDefaults.Has(this, name));

    /// <summary>The given parameters, except settings of the input that have no effect: those do not change a run to resume.</summary>
    /// <param name="settings">The settings that may be without effect.</param>
    /// <param name="values">The settings of the run.</param>
    private protected IEnumerable<string> GivenWithEffect<T>(IEnumerable<DependentSetting<T>> settings, T values) where T : class, new() =>
        GivenHere.Where(name => !IsFromInput(name) || settings.All(setting => setting.Name != name || setting.IsUsed(values)));

    /// <summary>The settings of the run to resume; null if the folder holds none.</summary>
    private protected T? StoredSettings<T>(string? folder, Func<string, T?> read) where T : class
    {
        if (folder is null) throw new ArgumentException("Resume requires OutPath, the folder of the run.", nameof(Resume));
        T? stored = read(folder);
        if (stored is null) WriteVerbose($"'{ShortText.Of(folder)}' holds no run; a new one starts.");
        else if (RunFolder.CheckpointWarning(folder, Kind) is { } warning) WriteWarning(warning);
        return stored;
    }

    /// <summary>Whether the user wants the run, by -WhatIf and -Confirm.</summary>
    /// <param name="folder">The run's folder; null if it is not stored.</param>
    /// <param name="target">What is trained if no folder is written.</param>
    /// <param name="action">What is done.</param>
    private protected bool IsWanted(string? folder, string target, string action)
    {
        if (folder is null) return ShouldProcess(target, action);
        return ShouldProcess(folder, Restarts(folder) ? "Restart the run and overwrite the stored one" : $"{action} and store it");
    }

    /// <summary>What to do with the run that the folder holds.</summary>
    private protected RunStart Start => Resume ? RunStart.Resume : Force ? RunStart.Restart : RunStart.New;

    /// <summary>Trains, writes rows as they come, and ends the display of progress.</summary>
    /// <param name="train">Returns the rows; nothing is done until they are read.</param>
    private protected void Train<T>(Func<Action<TrainingProgress>, CancellationToken, IEnumerable<T>> train) where T : class
    {
        if (DeferredTraining.Current is { } later)
        {
            later.Take(train, progress => $"{Activity}: {Position(progress)}");
            return;
        }
        try
        {
            foreach (T row in train(Reporter(), Cancellation)) WriteObject(row);
        }
        finally
        {
            if (!Stopping) WriteProgress(new ProgressRecord(1, Activity, "done") { RecordType = ProgressRecordType.Completed });
            // After Ctrl+C the cmdlet's own streams are closed.
            else if (current is not null && RunFolder.HoldsFiles(current, Kind)) Host.UI?.WriteWarningLine($"The run is stored in '{current}' up to its last checkpoint. To resume it: {ResumeCommand}");
        }
    }

    /// <summary>Shows progress, at most five times per second.</summary>
    private Action<TrainingProgress> Reporter()
    {
        var clock = Stopwatch.StartNew();
        var pace = new ProgressPace();
        double? first = null;
        return progress =>
        {
            // What a resumed run had done before took no time of this one.
            if (first is null)
            {
                first = progress.Fraction;
                clock.Restart();
            }
            if (!pace.IsDue()) return;
            WriteProgress(new ProgressRecord(1, Activity, Position(progress))
            {
                PercentComplete = (int)(100 * progress.Fraction),
                SecondsRemaining = progress.Fraction > first ? (int)(clock.Elapsed.TotalSeconds * (1 - progress.Fraction) / (progress.Fraction - first.Value)) : -1,
            });
        };
    }

    private void CheckFolderParameters()
    {
        IEnumerable<string> needing = Force ? CheckpointParameters.Prepend(nameof(Force)) : CheckpointParameters;
        if (!IsFromInput(nameof(OutPath)) && needing.FirstOrDefault(IsTyped) is { } unused)
            throw new ArgumentException($"{unused} requires OutPath, the folder in which the run is stored.", unused);
    }

    private bool Restarts(string folder) => Start == RunStart.Restart && RunFolder.HoldsFiles(folder, Kind);
}
