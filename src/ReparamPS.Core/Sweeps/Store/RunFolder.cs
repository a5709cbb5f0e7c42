using System.Globalization;
using ReparamPS.Data;
using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Store;

/// <summary>The outcome of an attempt to claim a run.</summary>
internal enum ClaimOutcome
{
    /// <summary>The run is the caller's now.</summary>
    Claimed,

    /// <summary>Another live owner works on it.</summary>
    Busy,

    /// <summary>It has ended already, and stays as it is.</summary>
    Ended,
}

/// <summary>Decides whether to rerun a run that has ended.</summary>
/// <param name="result">How it ended.</param>
/// <param name="isMarked">True if its owner marked it as ended; false if the owner died, or released it, before it would have retried.</param>
internal delegate bool RerunRule(RunResult result, bool isMarked);

/// <summary>
/// The folder of one run, and all that is written in it, in this order:
/// <see cref="Create"/> makes run.json (settings, command, version) and the token, an empty file whose name is the run's state: 'pending', 'running.OWNER' or 'ended'.
/// <see cref="TryClaim"/> renames the token to 'running.OWNER'; a rename succeeds for one process only, so that process has the run.
/// <see cref="BeginAttempt"/> renames an older result to attempt-N.jsonl (a failure) or rung-N.jsonl (a smaller budget).
/// The worker then writes output.log and result.jsonl (<see cref="RunLog"/>, <see cref="ResultFile"/>); the command may write anything else, such as checkpoint/.
/// <see cref="End"/> renames the token to 'ended', and <see cref="Release"/> to 'pending'.
/// An existing result.jsonl counts, whatever the token says: a crash between the two loses nothing.
/// </summary>
internal sealed class RunFolder(string path, string owners)
{
    public const string CheckpointName = FolderMarks.SweepTraining;
    internal const string Redo = "To execute the run again, delete its folder and repeat the command of the sweep.";
    private const string PendingToken = "pending", EndedToken = "ended", RunningPrefix = "running.", RungPrefix = "rung-", ResultExtension = ".jsonl";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The run's id.</summary>
    public string Id => System.IO.Path.GetFileName(Path);

    /// <summary>The result's file.</summary>
    public string ResultPath => In("result.jsonl");

    /// <summary>What the run printed.</summary>
    public string OutputPath => In("output.log");

    private string SpecPath => In("run.json");

    /// <summary>Creates the folder, complete or not at all. An existing folder stays as it is.</summary>
    public void Create(RunSpec spec)
    {
        if (Directory.Exists(Path)) return;
        // Several threads, and processes with one id in different containers, may create the same run at once.
        string temporary = In($"../.{Id}.{System.IO.Path.GetRandomFileName()}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            File.WriteAllBytes(System.IO.Path.Combine(temporary, "run.json"), SweepJson.Line(spec.ToStored(), StoreRecords.Default.StoredRun).ToArray());
            File.WriteAllBytes(System.IO.Path.Combine(temporary, PendingToken), []);
            SharedFiles.MoveFolder(temporary, Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            if (!Directory.Exists(Path)) throw;
        }
    }

    /// <summary>The specification.</summary>
    /// <exception cref="DataFormatException">run.json is missing or damaged, or is not what the run's id stands for.</exception>
    public RunSpec ReadSpec()
    {
        RunSpec spec = RunSpec.From(SweepJson.TryRead(SpecPath, StoreRecords.Default.StoredRun))
            ?? throw new DataFormatException(SpecPath, $"the file is {(File.Exists(SpecPath) ? "damaged" : "missing")}. {Redo}");
        return spec.Id == Id ? spec
            : throw new DataFormatException(SpecPath, $"the file was changed after the run was created: the id of its settings and command is {spec.Id}, not {Id}. {Redo}");
    }

    /// <summary>How it ended, and its last row; null if it has not ended.</summary>
    public (RunResult Result, ExperimentRow? Last)? ReadResult() => ResultFile.TryRead(ResultPath);

    /// <summary>How it ended at an earlier rung, and its last row there; null if it has not been there.</summary>
    public (RunResult Result, ExperimentRow? Last)? ReadRung(int budget) => ResultFile.TryRead(Rung(budget));

    /// <summary>The status, and the result if there is one. A failure that its owner may retry counts as running.</summary>
    /// <param name="isUndecided">Whether the run waits at a rung: it is pending then, and the result is the one there.</param>
    public (RunStatus Status, RunResult? Result, ExperimentRow? Last) ReadState(bool isUndecided = false)
    {
        (RunResult Result, ExperimentRow? Last)? ended = ReadResult();
        if (ended is not { Result.IsFailure: false } && IsBusy()) return (RunStatus.Running, null, null);
        // It may have ended between the two looks.
        ended ??= ReadResult();
        if ((ended ?? ReadLastRung()) is not { } known) return (RunStatus.Pending, null, null);
        bool waits = isUndecided && (ended is null || known.Result.Status == RunStatus.Pruned);
        return (waits ? RunStatus.Pending : known.Result.Status, known.Result, known.Last);
    }

    /// <summary>The output rows of the result that <see cref="ReadState"/> returns; none without one.</summary>
    public IEnumerable<ExperimentRow> ReadRows() =>
        ReadResult() is not null ? ResultFile.ReadRows(ResultPath)
        : ReadLastRung() is { Result.Budget: { } budget } ? ResultFile.ReadRows(Rung(budget))
        : [];

    /// <summary>Claims the run for an owner.</summary>
    /// <param name="owner">The owner's id.</param>
    /// <param name="rerun">Decides whether to rerun it if it has ended.</param>
    public ClaimOutcome TryClaim(string owner, RerunRule rerun)
    {
        // Whether Windows gives a rename to one process only is not documented; a file that is open exclusively is.
        using FileLock? exclusive = OperatingSystem.IsWindows() ? FileLock.TryTake(In("claim")) : null;
        if (exclusive is null && OperatingSystem.IsWindows()) return ClaimOutcome.Busy;
        string mine = In(RunningPrefix + owner);
        bool isMarked = false;
        if (!SharedFiles.TryMove(In(PendingToken), mine))
        {
            isMarked = IsMarked;
            string? other = isMarked ? null : RunningOwner();
            bool isBusy = other is not null && SweepOwner.IsAlive(owners, other);
            // A live owner may be about to retry a failure.
            if (ReadResult() is { } ended && !(isBusy && ended.Result.IsFailure) && !rerun(ended.Result, isMarked)) return ClaimOutcome.Ended;
            if (isBusy) return ClaimOutcome.Busy;
            if (!SharedFiles.TryMove(other is null ? In(EndedToken) : In(RunningPrefix + other), mine))
            {
                // Another process was faster, unless the folder itself was removed.
                return Directory.Exists(Path) ? ClaimOutcome.Busy : throw new DirectoryNotFoundException($"The folder '{ShortText.Of(Path)}' was removed during the sweep. Pipe the points to the same command again.");
            }
            ResultFile.RemoveLeftovers(ResultPath);
        }
        // It may have ended between the two looks, or just before its owner died.
        if (ReadResult() is { } result && !rerun(result.Result, isMarked))
        {
            End(owner);
            return ClaimOutcome.Ended;
        }
        return ClaimOutcome.Claimed;
    }

    /// <summary>Whether its last attempt failed, so that the next one is a retry. A run that died is executed like a new one.</summary>
    public bool IsRetry()
    {
        int last = NextAttempt() - 1;
        (RunResult Result, ExperimentRow? Last)? ended = ReadResult() ?? (last > 0 ? ResultFile.TryRead(Attempt(last)) : null);
        return ended?.Result is { IsFailure: true, Status: not RunStatus.Died };
    }

    /// <summary>Whether an owner marked it as ended.</summary>
    public bool IsMarked => File.Exists(In(EndedToken));

    /// <summary>Whether a live owner works on it.</summary>
    public bool IsBusy() => RunningOwner() is { } owner && SweepOwner.IsAlive(owners, owner);

    /// <summary>Puts an older result aside.</summary>
    /// <returns>The number of the attempt that starts now.</returns>
    public int BeginAttempt()
    {
        int attempt = NextAttempt();
        if (ReadResult()?.Result is { IsFailure: false, Budget: { } reached })
        {
            SharedFiles.TryMove(ResultPath, Rung(reached));
            return attempt;
        }
        return File.Exists(ResultPath) && SharedFiles.TryMove(ResultPath, Attempt(attempt)) ? attempt + 1 : attempt;
    }

    /// <summary>Marks a claimed run as ended.</summary>
    public void End(string owner)
    {
        string mine = In(RunningPrefix + owner);
        // A worker whose coordinator was killed may have started to write before it noticed. Only the holder of the token removes that.
        if (File.Exists(mine)) ResultFile.RemoveLeftovers(ResultPath);
        SharedFiles.TryMove(mine, In(EndedToken));
    }

    /// <summary>Makes a claimed run pending again.</summary>
    public void Release(string owner) => SharedFiles.TryMove(In(RunningPrefix + owner), In(PendingToken));

    private string? RunningOwner()
    {
        if (!Directory.Exists(Path)) return null;
        string? token = Directory.EnumerateFiles(Path, RunningPrefix + "*").FirstOrDefault();
        return token is null ? null : System.IO.Path.GetFileName(token)[RunningPrefix.Length..];
    }

    // How it ended at the last rung that it reached. Without a newer result, that is how it ended: a worker started the next rung in advance, was stopped, and the run is not to continue.
    private (RunResult Result, ExperimentRow? Last)? ReadLastRung()
    {
        if (!Directory.Exists(Path)) return null;
        IEnumerable<int> budgets = Directory.EnumerateFiles(Path, RungPrefix + "*" + ResultExtension)
            .Select(file => int.TryParse(System.IO.Path.GetFileNameWithoutExtension(file.AsSpan())[RungPrefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int budget) ? budget : 0);
        return budgets.OrderDescending().Select(ReadRung).FirstOrDefault(result => result is not null);
    }

    // An attempt has a file of its own only once another one follows.
    private int NextAttempt()
    {
        int attempt = 1;
        while (File.Exists(Attempt(attempt))) attempt++;
        return attempt;
    }

    private string Attempt(int number) => In(string.Create(CultureInfo.InvariantCulture, $"attempt-{number}.jsonl"));

    private string Rung(int budget) => In(string.Create(CultureInfo.InvariantCulture, $"{RungPrefix}{budget}{ResultExtension}"));

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
