using ReparamPS.Data;

namespace ReparamPS.Sweeps;

/// <summary>How many runs of a sweep are in which state.</summary>
/// <param name="Path">The sweep's folder.</param>
/// <param name="Total">Runs in all.</param>
/// <param name="Pending">Waiting to be run.</param>
/// <param name="Running">Under way in a process that is alive.</param>
/// <param name="Done">Done.</param>
/// <param name="Failed">Threw, or ended themselves.</param>
/// <param name="TimedOut">Took too long.</param>
/// <param name="OutOfMemory">Took too much memory.</param>
/// <param name="Died">Lost their worker process.</param>
public sealed record SweepCounts(string Path, int Total, int Pending, int Running, int Done, int Failed, int TimedOut, int OutOfMemory, int Died)
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
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "commands"));
        if (!File.Exists(MarkPath)) SweepJson.Write(MarkPath, new ExperimentRow(["Format", "Created", "Version"], [FormatVersion, DateTime.UtcNow, RunSpec.ModuleVersion]));
        if (!File.Exists(CommandPath(command.Id))) SweepJson.Write(CommandPath(command.Id), command.ToRow());
    }

    /// <summary>A command of the sweep.</summary>
    /// <exception cref="DataFormatException">It is not there, or not whole.</exception>
    public SweepCommand ReadCommand(string id) => SweepCommand.From(
        SweepJson.TryRead(CommandPath(id)) ?? throw new DataFormatException(CommandPath(id), "the command of a run is not there."));

    /// <summary>The specifications of all runs.</summary>
    public IEnumerable<RunSpec> ReadSpecs() => Folders().Select(folder => folder.ReadSpec());

    /// <summary>All runs, one row each.</summary>
    public IEnumerable<RunRow> ReadRuns() => Folders().Select(folder => RunRow.Read(this, folder.ReadSpec()));

    /// <summary>The run of an id, or of the first characters of one.</summary>
    /// <exception cref="ArgumentException">No run, or more than one, has such an id.</exception>
    public RunRow FindRun(string id)
    {
        RunFolder[] found = [.. Folders().Where(folder => folder.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1
            ? RunRow.Read(this, found[0].ReadSpec())
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
    public SweepCounts Count(IEnumerable<RunSpec>? specs = null)
    {
        int[] counts = new int[Enum.GetValues<RunStatus>().Length];
        foreach (RunFolder folder in specs?.Select(spec => Run(spec.Id)) ?? Folders())
        {
            counts[(int)folder.ReadState().Status]++;
        }
        return new SweepCounts(
            Path, counts.Sum(), counts[(int)RunStatus.Pending], counts[(int)RunStatus.Running], counts[(int)RunStatus.Done], counts[(int)RunStatus.Failed],
            counts[(int)RunStatus.TimedOut], counts[(int)RunStatus.OutOfMemory], counts[(int)RunStatus.Died]);
    }

    /// <summary>Asks all coordinators at work on the folder to stop; their runs are pending again.</summary>
    /// <returns>How many there are.</returns>
    public int Stop() => SweepOwner.StopAll(Owners);

    /// <summary>Whether a coordinator is at work on the folder.</summary>
    public bool IsActive => SweepOwner.IsAnyAlive(Owners);

    /// <summary>Makes the folders of runs that are not there, for others to run.</summary>
    public void Enlist(SweepCommand command, IEnumerable<RunSpec> specs, CancellationToken cancellation)
    {
        Create(command);
        foreach (RunSpec spec in specs)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(spec.Id).Create(spec);
        }
    }

    /// <summary>Makes runs that ended pending again, their results put aside; those that somebody is at are left alone.</summary>
    public void Reopen(IEnumerable<RunSpec> specs)
    {
        using var owner = new SweepOwner(Owners);
        foreach (RunFolder run in specs.Select(spec => Run(spec.Id)))
        {
            if (run.TryClaim(owner.Id, _ => true) != ClaimOutcome.Claimed) continue;
            run.BeginAttempt();
            run.Release(owner.Id);
        }
    }

    internal RunFolder Run(string id) => new(System.IO.Path.Combine(Runs, id), Owners);

    private string CommandPath(string id) => System.IO.Path.Combine(Path, "commands", id + ".json");

    private IEnumerable<RunFolder> Folders() => Directory.Exists(Runs)
        ? Directory.EnumerateDirectories(Runs).Where(path => !System.IO.Path.GetFileName(path.AsSpan()).StartsWith(".")).Select(path => new RunFolder(path, Owners))
        : [];
}
