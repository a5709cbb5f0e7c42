using System.Globalization;
using ReparamPS.Data;

namespace ReparamPS.Sweeps.Store;

/// <summary>What came of an attempt to claim a run.</summary>
internal enum ClaimOutcome
{
    /// <summary>It is the caller's now.</summary>
    Claimed,

    /// <summary>Another owner, who is alive, works on it.</summary>
    Busy,

    /// <summary>It has ended already, and is left as it is.</summary>
    Ended,
}

/// <summary>
/// The folder of one run. It holds run.json, and exactly one empty file, the token, whose name is the run's state: pending, running.OWNER or ended. Whoever renames the
/// token has the run, since a rename succeeds for one only. A result.jsonl that is there counts, whatever the token says: a crash between the two loses nothing.
/// </summary>
internal sealed class RunFolder(string path, string owners)
{
    public const string CheckpointName = "checkpoint";
    private const string PendingToken = "pending", EndedToken = "ended", RunningPrefix = "running.";

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The run's id.</summary>
    public string Id => System.IO.Path.GetFileName(Path);

    /// <summary>The result's file.</summary>
    public string ResultPath => In("result.jsonl");

    /// <summary>How it ended at an earlier rung, and its last row there; null where it has not been there.</summary>
    public (RunResult Result, ExperimentRow? Last)? ReadRung(int budget) => ResultFile.TryRead(Rung(budget));

    /// <summary>What the run printed.</summary>
    public string OutputPath => In("output.log");

    /// <summary>Makes the folder, whole or not at all; nothing happens where it is there.</summary>
    public void Create(RunSpec spec)
    {
        if (Directory.Exists(Path)) return;
        string temporary = In($"../.{Id}.{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(temporary);
            File.WriteAllBytes(System.IO.Path.Combine(temporary, "run.json"), SweepJson.Line(spec.ToRow()).ToArray());
            File.WriteAllBytes(System.IO.Path.Combine(temporary, PendingToken), []);
            Directory.Move(temporary, Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
            if (!Directory.Exists(Path)) throw;
        }
    }

    /// <summary>The specification.</summary>
    /// <exception cref="DataFormatException">It is not there, or not whole.</exception>
    public RunSpec ReadSpec() =>
        RunSpec.From(SweepJson.TryRead(In("run.json"))) ?? throw new DataFormatException(In("run.json"), "this is no run of a sweep.");

    /// <summary>How it ended, and its last row; null where it has not.</summary>
    public (RunResult Result, ExperimentRow? Last)? ReadResult() => ResultFile.TryRead(ResultPath);

    /// <summary>The status, with the result where there is one. A failure that its owner is about to try again is a run under way.</summary>
    public (RunStatus Status, RunResult? Result, ExperimentRow? Last) ReadState()
    {
        (RunResult Result, ExperimentRow? Last)? ended = ReadResult();
        if (ended is not { Result.IsFailure: false } && IsBusy()) return (RunStatus.Running, null, null);
        // It may have ended between the two looks.
        ended ??= ReadResult();
        return ended is { } known ? (known.Result.Status, known.Result, known.Last) : (RunStatus.Pending, null, null);
    }

    /// <summary>Takes the run for an owner.</summary>
    /// <param name="owner">The owner's id.</param>
    /// <param name="again">Whether a run that ended so is to be run again; its second argument is whether an owner marked it as ended, else that owner died, or gave it back, before it would have tried again.</param>
    public ClaimOutcome TryClaim(string owner, Func<RunResult, bool, bool> again)
    {
        string mine = In(RunningPrefix + owner);
        bool isOver = false;
        if (!TryRename(In(PendingToken), mine))
        {
            isOver = IsOver;
            string? other = isOver ? null : RunningOwner();
            bool isBusy = other is not null && SweepOwner.IsAlive(owners, other);
            // What failed, an owner who is alive may be about to try again.
            if (ReadResult() is { } ended && !(isBusy && ended.Result.IsFailure) && !again(ended.Result, isOver)) return ClaimOutcome.Ended;
            if (isBusy) return ClaimOutcome.Busy;
            if (!TryRename(other is null ? In(EndedToken) : In(RunningPrefix + other), mine))
            {
                // Another was faster, unless the folder itself was removed.
                return Directory.Exists(Path) ? ClaimOutcome.Busy : throw new DirectoryNotFoundException($"'{Path}' is gone: somebody removed it.");
            }
            ResultFile.RemoveLeftovers(ResultPath);
        }
        // It may have ended between the two looks, or just before its owner died.
        if (ReadResult() is { } result && !again(result.Result, isOver))
        {
            End(owner);
            return ClaimOutcome.Ended;
        }
        return ClaimOutcome.Claimed;
    }

    /// <summary>Whether an owner marked it as ended.</summary>
    public bool IsOver => File.Exists(In(EndedToken));

    /// <summary>Whether an owner who is alive works on it.</summary>
    public bool IsBusy() => RunningOwner() is { } owner && SweepOwner.IsAlive(owners, owner);

    /// <summary>Puts an older result aside, and gives the number of the attempt that comes now.</summary>
    public int BeginAttempt()
    {
        int attempt = 1;
        while (File.Exists(Attempt(attempt))) attempt++;
        if (ReadResult()?.Result is { IsFailure: false, Budget: { } reached })
        {
            TryRename(ResultPath, Rung(reached));
            return attempt;
        }
        return File.Exists(ResultPath) && TryRename(ResultPath, Attempt(attempt)) ? attempt + 1 : attempt;
    }

    /// <summary>Marks a claimed run as ended.</summary>
    public void End(string owner)
    {
        string mine = In(RunningPrefix + owner);
        // A worker whose coordinator was killed may have begun to write before it noticed; who holds the token may remove that, and nobody else.
        if (File.Exists(mine)) ResultFile.RemoveLeftovers(ResultPath);
        TryRename(mine, In(EndedToken));
    }

    /// <summary>Gives a claimed run back.</summary>
    public void Release(string owner) => TryRename(In(RunningPrefix + owner), In(PendingToken));

    private static bool TryRename(string from, string to)
    {
        try
        {
            File.Move(from, to);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private string? RunningOwner()
    {
        if (!Directory.Exists(Path)) return null;
        string? token = Directory.EnumerateFiles(Path, RunningPrefix + "*").FirstOrDefault();
        return token is null ? null : System.IO.Path.GetFileName(token)[RunningPrefix.Length..];
    }

    private string Attempt(int number) => In(string.Create(CultureInfo.InvariantCulture, $"attempt-{number}.jsonl"));

    private string Rung(int budget) => In(string.Create(CultureInfo.InvariantCulture, $"rung-{budget}.jsonl"));

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
