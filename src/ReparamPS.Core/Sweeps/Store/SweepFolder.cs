using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;

namespace ReparamPS.Sweeps.Store;

/// <summary>How many runs of a sweep are in which state.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">Runs in all.</param>
/// <param name="Pending">Waiting to be run.</param>
/// <param name="Running">Under way in a process that is alive.</param>
/// <param name="Done">Done.</param>
/// <param name="Pruned">Stopped before their full budget.</param>
/// <param name="Failed">Threw, or ended themselves.</param>
/// <param name="TimedOut">Took too long.</param>
/// <param name="OutOfMemory">Took too much memory.</param>
/// <param name="Died">Lost their worker process.</param>
public sealed record SweepCounts(string Path, int Total, int Pending, int Running, int Done, int Pruned, int Failed, int TimedOut, int OutOfMemory, int Died)
{
    /// <summary>The states of a scheduler's tasks for the sweep; empty where there are none.</summary>
    public string Jobs { get; init; } = "";
}

/// <summary>
/// The folder of a sweep: sweep.json, commands/ID.json (what is run), runs/ID/ (one folder a run) and owners/ID.json (the coordinators at work now). There is no server and no
/// lock: states change by renames, so that several processes and machines can share it.
/// </summary>
public sealed class SweepFolder
{
    private const int FormatVersion = 1;
    private const string ScheduleExtension = ".schedule.json";

    /// <summary>Names a folder, which need not be there.</summary>
    public SweepFolder(string path)
    {
        Path = System.IO.Path.GetFullPath(path);
        if (File.Exists(Path)) throw new ArgumentException($"'{path}' is a file; a sweep is a folder.", nameof(path));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    internal string Owners => System.IO.Path.Combine(Path, "owners");

    private string Runs => System.IO.Path.Combine(Path, "runs");

    private string MarkPath => System.IO.Path.Combine(Path, "sweep.json");

    /// <summary>Opens the folder of a sweep that is there.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="DataFormatException">It is not the folder of a sweep.</exception>
    public static SweepFolder Open(string path)
    {
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"'{path}' does not exist.");
        var folder = new SweepFolder(path);
        if (!File.Exists(folder.MarkPath)) throw new DataFormatException(path, "this is no folder of a sweep: it has no sweep.json.");
        return folder;
    }

    /// <summary>Makes the folder, where it isn't there, and keeps the command in it.</summary>
    public void Create(SweepCommand command)
    {
        Directory.CreateDirectory(Runs);
        Directory.CreateDirectory(Owners);
        Directory.CreateDirectory(Commands);
        if (!File.Exists(MarkPath)) SweepJson.Write(MarkPath, new ExperimentRow(["Format", "Created", "Version"], [FormatVersion, DateTime.UtcNow, RunSpec.ModuleVersion]));
        // A script file may have moved since.
        if (SweepJson.TryRead(CommandPath(command.Id)) is not { } known || SweepCommand.From(known) != command) SweepJson.Write(CommandPath(command.Id), command.ToRow());
    }

    /// <summary>Keeps a schedule, in the place of the command's earlier one.</summary>
    private void Keep(SweepSchedule schedule)
    {
        ExperimentRow row = schedule.ToRow();
        string path = SchedulePath(schedule.Command);
        if (SweepJson.TryReadBytes(path) is not { } there || !SweepJson.Line(row).Span.SequenceEqual(there)) SweepJson.Write(path, row);
    }

    /// <summary>A command's schedule; null where it has none.</summary>
    public SweepSchedule? ReadSchedule(string command) => SweepJson.TryRead(SchedulePath(command)) is { } row ? SweepSchedule.From(row) : null;

    /// <summary>A command of the sweep.</summary>
    /// <exception cref="DataFormatException">It is not there, or not whole.</exception>
    public SweepCommand ReadCommand(string id) => SweepCommand.From(
        SweepJson.TryRead(CommandPath(id)) ?? throw new DataFormatException(CommandPath(id), "the command of a run is not there."));

    /// <summary>The specifications of all runs.</summary>
    public IEnumerable<RunSpec> ReadSpecs() => RunFolders().Select(folder => folder.ReadSpec());

    /// <summary>All runs, one row each. One that waits at a rung, since others there are not as far, is pending.</summary>
    public IEnumerable<RunRow> ReadRuns()
    {
        HashSet<string> undecided = ReadUndecided();
        return RunFolders().Select(folder => RunRow.Read(this, folder.ReadSpec(), undecided));
    }

    /// <summary>The schedules of the commands that have one.</summary>
    public IEnumerable<SweepSchedule> ReadSchedules() => Directory.Exists(Commands)
        ? Directory.EnumerateFiles(Commands, "*" + ScheduleExtension).Order(StringComparer.Ordinal).Select(SweepJson.TryRead).OfType<ExperimentRow>().Select(SweepSchedule.From)
        : [];

    /// <summary>The ids of runs that wait at a rung until it is decided whether they go on.</summary>
    public HashSet<string> ReadUndecided()
    {
        HashSet<string> undecided = [];
        foreach (SweepSchedule schedule in ReadSchedules()) undecided.UnionWith(ReadUndecided(schedule));
        return undecided;
    }

    /// <summary>The ids of a schedule's runs that may still be given something to do.</summary>
    public HashSet<string> ReadUndecided(SweepSchedule schedule)
    {
        var board = new RungBoard(this, schedule);
        board.Refresh();
        IReadOnlyList<bool> open = board.Decide().Undecided;
        return [.. schedule.Runs.Where((_, i) => open[i])];
    }

    /// <summary>The run of an id, or of the first characters of one.</summary>
    /// <exception cref="ArgumentException">No run, or more than one, has such an id.</exception>
    public RunRow FindRun(string id)
    {
        RunFolder[] found = [.. RunFolders().Where(folder => folder.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1
            ? RunRow.Read(this, found[0].ReadSpec(), ReadUndecided())
            : throw new ArgumentException($"RunId: {(found.Length == 0 ? "no run" : $"{found.Length} runs")} of '{Path}' {(found.Length > 1 ? "have ids that begin" : "has an id that begins")} with '{id}'.", nameof(id));
    }

    /// <summary>The rows that a run gave; none where it has not ended.</summary>
    public IEnumerable<ExperimentRow> ReadRows(string id)
    {
        RunFolder folder = Run(id);
        return folder.ReadResult() is null ? [] : ResultFile.ReadRows(folder.ResultPath);
    }

    /// <summary>Counts the runs by their states.</summary>
    /// <param name="specs">Which runs; null counts all that are there.</param>
    /// <param name="schedule">Their schedule, where it may be another than the folder holds.</param>
    public SweepCounts Count(IEnumerable<RunSpec>? specs = null, SweepSchedule? schedule = null)
    {
        int[] counts = new int[Enum.GetValues<RunStatus>().Length];
        HashSet<string> undecided = schedule is null ? ReadUndecided() : ReadUndecided(schedule);
        foreach (RunFolder folder in specs?.Select(spec => Run(spec.Id)) ?? RunFolders())
        {
            RunStatus status = folder.ReadState().Status;
            counts[(int)(status == RunStatus.Pruned && undecided.Contains(folder.Id) ? RunStatus.Pending : status)]++;
        }
        return new SweepCounts(
            Path, counts.Sum(), counts[(int)RunStatus.Pending], counts[(int)RunStatus.Running], counts[(int)RunStatus.Done], counts[(int)RunStatus.Pruned], counts[(int)RunStatus.Failed],
            counts[(int)RunStatus.TimedOut], counts[(int)RunStatus.OutOfMemory], counts[(int)RunStatus.Died]);
    }

    /// <summary>Asks all coordinators at work on the folder to stop; their runs are pending again.</summary>
    /// <returns>How many there are.</returns>
    public int Stop() => SweepOwner.StopAll(Owners);

    /// <summary>Whether a coordinator is at work on the folder.</summary>
    public bool IsActive => SweepOwner.IsAnyAlive(Owners);

    /// <summary>Makes the folders of runs that are not there, for others to run, and keeps their schedule.</summary>
    public void Enlist(SweepCommand command, IEnumerable<RunSpec> specs, SweepSchedule? schedule, CancellationToken cancellation)
    {
        Create(command);
        foreach (RunSpec spec in specs)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(spec.Id).Create(spec);
        }
        if (schedule is not null) Keep(schedule);
    }

    /// <summary>Makes runs that ended pending again, their results put aside; those that somebody is at are left alone.</summary>
    public void Reopen(IEnumerable<RunSpec> specs)
    {
        using var owner = new SweepOwner(Owners);
        foreach (RunFolder run in specs.Select(spec => Run(spec.Id)))
        {
            if (run.TryClaim(owner.Id, (_, _) => true) != ClaimOutcome.Claimed) continue;
            run.BeginAttempt();
            run.Release(owner.Id);
        }
    }

    internal RunFolder Run(string id) => new(System.IO.Path.Combine(Runs, id), Owners);

    private string Commands => System.IO.Path.Combine(Path, "commands");

    private string CommandPath(string id) => System.IO.Path.Combine(Commands, id + ".json");

    private string SchedulePath(string id) => System.IO.Path.Combine(Commands, id + ScheduleExtension);

    internal IEnumerable<RunFolder> RunFolders() => Directory.Exists(Runs)
        ? Directory.EnumerateDirectories(Runs).Where(path => !System.IO.Path.GetFileName(path.AsSpan()).StartsWith(".")).Select(path => new RunFolder(path, Owners))
        : [];
}
