using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Store;

/// <summary>
/// The folder of a sweep: sweep.json, commands/ID.json (what runs), runs/ID/ (one folder per run) and owners/ID.json (the coordinators at work). There is no server and no
/// lock: states change by renames, so that several processes and machines can share it.
/// </summary>
public sealed class SweepFolder
{
    private const int FormatVersion = 1;
    private const string ScheduleExtension = ".schedule.json";

    /// <summary>Names a folder, which need not exist.</summary>
    public SweepFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (File.Exists(Path)) throw new ArgumentException($"'{ShortText.Of(path)}' is a file; a sweep is a folder.", nameof(path));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    internal string Owners => System.IO.Path.Combine(Path, "owners");

    private string Runs => System.IO.Path.Combine(Path, FolderMarks.SweepRuns);

    private string Commands => System.IO.Path.Combine(Path, "commands");

    private string MarkPath => System.IO.Path.Combine(Path, FolderMarks.Sweep);

    private bool IsMarkDamaged => File.Exists(MarkPath) && SweepJson.TryRead(MarkPath, StoreRecords.Default.SweepMark) is not { Format: > 0 };

    // Runs that found the file unusable have failed.
    private const string Rewrite = "Repeat the command of the sweep with -Retry 1, which writes the file again and retries the runs that failed.";

    /// <summary>Opens the folder of an existing sweep.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="DataFormatException">It is not the folder of a sweep.</exception>
    public static SweepFolder Open(string path)
    {
        if (File.Exists(path)) throw new ArgumentException($"'{ShortText.Of(path)}' is a file; a sweep is a folder.", nameof(path));
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"The folder '{ShortText.Of(path)}' does not exist.{RegularFile.WildcardAdvice(path)}");
        var folder = new SweepFolder(path);
        if (!File.Exists(folder.MarkPath)) throw new DataFormatException(folder.Path, $"this is not the folder of a sweep: it has no sweep.json.{(Directory.Exists(folder.Runs) ? " If the file was deleted, repeat the command of the sweep, which writes it again." : TrainingHint(path))}");
        return folder;
    }

    private static string TrainingHint(string path) => File.Exists(System.IO.Path.Combine(path, FolderMarks.Run)) && Directory.EnumerateFiles(path, "*.csv").Order(StringComparer.Ordinal).FirstOrDefault() is { } rows
        ? $" It holds one training, whose rows are in {ShortText.Quoted(System.IO.Path.GetFileName(rows))}; Import-ExperimentData reads them." : "";

    /// <summary>Refuses the folder of a training's run.</summary>
    /// <exception cref="ArgumentException">The folder holds such a run, and no sweep.</exception>
    public void CheckFree()
    {
        if (!File.Exists(MarkPath) && File.Exists(System.IO.Path.Combine(Path, FolderMarks.Run)))
            throw new ArgumentException($"'{ShortText.Of(Path)}' holds a run; a sweep needs a folder of its own. Choose another folder.", nameof(Path));
    }

    /// <summary>Creates the folder if it does not exist, and saves the command in it.</summary>
    /// <exception cref="ArgumentException">The folder holds the run of a training.</exception>
    public void Create(SweepCommand command)
    {
        CheckFree();
        AtomicFile.CreateFolder(Runs);
        AtomicFile.CreateFolder(Owners);
        AtomicFile.CreateFolder(Commands);
        RestoreMark();
        // A script file may have moved, and somebody may have changed the folder's copy.
        if (TryReadCommand(command.Id) != command) SweepJson.Write(CommandPath(command.Id), command.ToStored(), StoreRecords.Default.StoredCommand);
    }

    /// <summary>Writes sweep.json if a folder with runs does not have it, or if it is damaged.</summary>
    public void RestoreMark()
    {
        if (Directory.Exists(Runs) && (!File.Exists(MarkPath) || IsMarkDamaged)) SweepJson.Write(MarkPath, new SweepMark(FormatVersion, DateTime.UtcNow, RunSpec.ModuleVersion), StoreRecords.Default.SweepMark);
    }

    /// <summary>Creates the folders of new runs, and saves their schedule.</summary>
    public void Enlist(SweepCommand command, IEnumerable<RunSpec> specs, SweepSchedule? schedule, CancellationToken cancellation)
    {
        Create(command);
        foreach (RunSpec spec in specs)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(spec.Id).Create(spec);
        }
        if (schedule is not null) Save(schedule);
    }

    /// <summary>Puts failures aside: their runs are pending again, or ended at the rung that they had reached. Other results, and runs that another process works on, stay as they are.</summary>
    public void Reopen(IEnumerable<RunSpec> specs)
    {
        using var owner = new SweepOwner(Owners);
        foreach (RunFolder run in specs.Select(spec => Run(spec.Id)))
        {
            if (run.TryClaim(owner.Id, (result, _) => result.IsFailure) != ClaimOutcome.Claimed) continue;
            run.BeginAttempt();
            run.Release(owner.Id);
        }
    }

    /// <summary>Ends the runs that cannot be read as failed, with the reason. Runs that have ended already stay as they are.</summary>
    public void FailDamaged()
    {
        foreach (RunFolder run in RunFolders()) TryRead(run.Id, null);
    }

    /// <summary>The specification of a run; null if it cannot be read, and the run ends as failed then, with the reason, unless it has ended.</summary>
    /// <param name="id">The run.</param>
    /// <param name="budget">The budget to which the run is to continue, so that a result below it does not count as its end; null without a strategy.</param>
    internal RunSpec? TryRead(string id, int? budget) => TryReadSpec(Run(id), damage => Fail(id, damage.Message, budget));

    /// <summary>A command's schedule; null if it has none.</summary>
    public SweepSchedule? ReadSchedule(string command) => TryReadSchedule(SchedulePath(command));

    /// <summary>The schedules of the commands that have one.</summary>
    public IEnumerable<SweepSchedule> ReadSchedules() => Directory.Exists(Commands)
        ? Directory.EnumerateFiles(Commands, "*" + ScheduleExtension).Order(StringComparer.Ordinal).Select(TryReadSchedule).OfType<SweepSchedule>()
        : [];

    /// <summary>A command of the sweep.</summary>
    /// <exception cref="DataFormatException">Its file is missing or damaged, or is not what the command's id stands for.</exception>
    public SweepCommand ReadCommand(string id)
    {
        SweepCommand command = TryReadCommand(id)
            ?? throw new DataFormatException(CommandPath(id), $"the file is {(File.Exists(CommandPath(id)) ? "damaged" : "missing")}. {Rewrite}");
        return command.Id == id ? command
            : throw new DataFormatException(CommandPath(id), $"the file was changed after the sweep was created: the id of its command is {command.Id}, not {id}. {Rewrite}");
    }

    /// <summary>The scripts of the sweep other than a command: earlier versions of it, as a rule.</summary>
    public IEnumerable<SweepCommand> OtherScripts(SweepCommand command) => command.Kind == SweepCommandKind.Command ? []
        : ReadCommands().Where(other => other.Kind == command.Kind && other.Id != command.Id);

    /// <summary>The commands of the sweep that can be read.</summary>
    public IEnumerable<SweepCommand> ReadCommands() => !Directory.Exists(Commands) ? []
        : Directory.EnumerateFiles(Commands, "*.json").Where(path => !path.EndsWith(ScheduleExtension, StringComparison.Ordinal))
            .Select(path => TryReadCommand(System.IO.Path.GetFileNameWithoutExtension(path))).OfType<SweepCommand>();

    /// <summary>The specifications of all runs, ordered by their settings.</summary>
    /// <param name="damaged">Receives what is wrong with sweep.json, or with a run that cannot be read, and the others follow; null makes a damaged run an exception.</param>
    public IEnumerable<RunSpec> ReadSpecs(Action<DataFormatException>? damaged = null)
    {
        if (IsMarkDamaged) damaged?.Invoke(new DataFormatException(MarkPath, "the file is damaged. The runs are not affected; Invoke-ExperimentSweep replaces the file."));
        return RunFolders().Select(folder => TryReadSpec(folder, damaged is null ? null : damage => damaged(damage.With("Until then, the run is left out.")))).OfType<RunSpec>().Order(RunOrder.Instance);
    }

    /// <summary>All runs, one row each, ordered by their settings. A run that waits at a rung for the results of others is pending.</summary>
    /// <param name="damaged">As for <see cref="ReadSpecs"/>.</param>
    public IEnumerable<RunRow> ReadRuns(Action<DataFormatException>? damaged = null)
    {
        HashSet<string> undecided = ReadUndecided();
        foreach (RunSpec spec in ReadSpecs(damaged))
        {
            var row = RunRow.Read(this, spec, undecided);
            if ((row.Result is null || row.Status == RunStatus.Pending) && DamageOf(spec) is { } damage) (damaged ?? throw damage)(damage);
            yield return row;
        }
    }

    /// <summary>What is wrong with the result of a run, which counts as pending then; null if nothing is.</summary>
    public DataFormatException? DamageOf(RunSpec spec) => Run(spec.Id).ResultPath is var path && ResultFile.IsDamaged(path)
        ? new DataFormatException(path, "the file is damaged, so the run counts as Pending. Repeat the sweep to execute the run again.") : null;

    /// <summary>The ids of runs that wait at a rung for a decision.</summary>
    public HashSet<string> ReadUndecided()
    {
        HashSet<string> undecided = [];
        foreach (SweepSchedule schedule in ReadSchedules()) undecided.UnionWith(ReadUndecided(schedule));
        return undecided;
    }

    /// <summary>The ids of a schedule's runs that may still get something to do.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="isRetried">Whether a failure is retried; null retries none.</param>
    public HashSet<string> ReadUndecided(SweepSchedule schedule, Func<RunResult, bool>? isRetried = null)
    {
        var state = new ScheduleState(this, schedule, isRetried is null ? null : _ => (failure, _) => isRetried(failure));
        state.Refresh();
        IReadOnlyList<bool> open = state.Decide().Undecided;
        return [.. schedule.Runs.Where((_, i) => open[i])];
    }

    /// <summary>The run with an id, or with its first characters.</summary>
    /// <exception cref="ArgumentException">No run, or more than one, has such an id.</exception>
    public RunRow FindRun(string id)
    {
        RunFolder[] found = [.. RunFolders().Where(folder => folder.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1
            ? RunRow.Read(this, found[0].ReadSpec(), ReadUndecided())
            : throw new ArgumentException($"RunId: {(found.Length == 0 ? "no run" : $"{found.Length} runs")} of '{ShortText.Of(Path)}' {(found.Length > 1 ? "have ids that start" : "has an id that starts")} with '{ShortText.Of(id)}'.{(found.Length > 1 ? " Give more characters of the id." : " Get-ExperimentRun lists the runs with their ids.")}", nameof(id));
    }

    /// <summary>The output rows of a run; none if it has not ended.</summary>
    public IEnumerable<ExperimentRow> ReadRows(string id) => Run(id).ReadRows();

    /// <summary>Counts the runs by their states.</summary>
    /// <param name="specs">The runs to count; null counts all in the folder.</param>
    /// <param name="schedule">Their schedule, if it may differ from the folder's.</param>
    public SweepCounts Count(IEnumerable<RunSpec>? specs = null, SweepSchedule? schedule = null)
    {
        HashSet<string> undecided = schedule is null ? ReadUndecided() : ReadUndecided(schedule);
        return SweepCounts.Of(Path, (specs?.Select(spec => Run(spec.Id)) ?? RunFolders()).Select(folder => folder.ReadState(undecided.Contains(folder.Id)).Status));
    }

    /// <summary>The folder in which a training of a run keeps its checkpoint and its model; it need not exist.</summary>
    public string CheckpointFolder(string id) => System.IO.Path.Combine(Runs, id, RunFolder.CheckpointName);

    /// <summary>Whether the folder of a run exists.</summary>
    public bool HasRun(string id) => Directory.Exists(Run(id).Path);

    internal RunFolder Run(string id) => new(System.IO.Path.Combine(Runs, id), Owners);

    internal IEnumerable<RunFolder> RunFolders() => Directory.Exists(Runs)
        ? Directory.EnumerateDirectories(Runs).Where(path => !System.IO.Path.GetFileName(path.AsSpan()).StartsWith(".")).Select(path => new RunFolder(path, Owners))
        : [];

    private void Fail(string id, string message, int? budget)
    {
        using var owner = new SweepOwner(Owners);
        RunFolder run = Run(id);
        if (run.TryClaim(owner.Id, (result, _) => result.Budget < budget) != ClaimOutcome.Claimed) return;
        using (var result = new ResultFile(run.ResultPath))
        {
            result.Commit(new RunResult(RunStatus.Failed, run.BeginAttempt(), DateTime.UtcNow, 0, Environment.MachineName, message) { Budget = budget });
        }
        run.End(owner.Id);
    }

    /// <summary>Saves a schedule; it replaces the command's earlier one.</summary>
    public void Save(SweepSchedule schedule)
    {
        string path = SchedulePath(schedule.Command);
        if (SharedFiles.TryRead(path) is not { } known || !SweepJson.Line(schedule, StoreRecords.Default.SweepSchedule).Span.SequenceEqual(known))
            SweepJson.Write(path, schedule, StoreRecords.Default.SweepSchedule);
    }

    private static SweepSchedule? TryReadSchedule(string path) =>
        SweepJson.TryRead(path, StoreRecords.Default.SweepSchedule) is { Command: not null, Options.Metric: not null, Runs: not null } schedule ? schedule : null;

    private static RunSpec? TryReadSpec(RunFolder folder, Action<DataFormatException>? damaged)
    {
        try
        {
            return folder.ReadSpec();
        }
        catch (DataFormatException error) when (damaged is not null)
        {
            damaged(error);
            return null;
        }
    }

    private SweepCommand? TryReadCommand(string id) => SweepCommand.From(SweepJson.TryRead(CommandPath(id), StoreRecords.Default.StoredCommand));

    private string CommandPath(string id) => System.IO.Path.Combine(Commands, id + ".json");

    private string SchedulePath(string id) => System.IO.Path.Combine(Commands, id + ScheduleExtension);
}
