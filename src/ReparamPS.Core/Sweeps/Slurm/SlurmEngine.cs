using System.Globalization;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>
/// Executes a sweep on a cluster: one job array, each of whose tasks is a coordinator with one worker that takes runs from the folder (<see cref="SlurmTask"/>). jobs/NAME.json says what the tasks do, and jobs/JOB.id
/// names the job. All nodes must share the folder's file system.
/// </summary>
/// <param name="folder">The sweep's folder.</param>
/// <param name="options">What to request from Slurm.</param>
/// <param name="location">The location in which runs start.</param>
/// <param name="launch">How to start a task; asked when a job is submitted.</param>
public sealed class SlurmEngine(SweepFolder folder, SlurmOptions options, string location, Func<WorkerLaunch> launch) : ISweepEngine
{
    // Seconds before a time limit at which a task is signalled, so that it can release its run and queue itself again; a quarter of a short limit.
    private const int NoticeSeconds = 60;

    private string Jobs => Path.Combine(folder.Path, "jobs");

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> Workers()
    {
        string[] ids = Ids();
        if (ids.Length == 0) return new Dictionary<string, int>();
        // squeue -j fails on an id that Slurm has forgotten, so all jobs are listed.
        return SlurmProgram.Run("squeue", "--noheader", "--array", "--format=%F %T")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2))
            .Where(parts => parts.Length == 2 && ids.Contains(parts[0]))
            .GroupBy(parts => parts[1])
            .ToDictionary(group => group.Key, group => group.Count());
    }

    /// <inheritdoc/>
    public int Stop()
    {
        int active = Workers().Values.Sum();
        if (active > 0) SlurmProgram.Run("scancel", Ids());
        return active;
    }

    /// <inheritdoc/>
    public IEnumerable<SweepEvent> Run(SweepWork work, CancellationToken cancellation)
    {
        foreach ((string name, bool isSet) in new[] { ("MaxRuns", work.Options.MaxRuns is not null), ("TimeBudget", work.Options.TimeBudget is not null), ("StopOnFailure", work.Options.StopOnFailure) })
        {
            if (isSet) throw new NotSupportedException($"{name} requires -Engine Local, because tasks on a cluster run independently of this session.");
        }
        HashSet<string>? undecided = work.Schedule is null ? null : folder.ReadUndecided(work.Schedule, work.Options.IsRetried);
        List<RunSpec> left = [];
        foreach (RunSpec run in work.Runs)
        {
            cancellation.ThrowIfCancellationRequested();
            var row = RunRow.Read(folder, run);
            if (undecided?.Contains(run.Id) ?? work.Options.IsLeft(row))
            {
                left.Add(run);
                continue;
            }
            // It failed in advance, and the retry is not needed: it has ended at the rung that it had reached.
            if (work.Options.IsLeft(row))
            {
                folder.Reopen([run]);
                row = RunRow.Read(folder, run);
            }
            yield return new RunEndedEvent(row, null);
        }
        folder.RestoreMark();
        if (left.Count == 0) yield break;
        // Before the folder changes.
        SlurmProgram.Run("sbatch", "--version");
        if (work.Command is not null) folder.Enlist(work.Command, left, work.Schedule, cancellation);
        folder.Reopen(left);
        // The runs of a batch share the cores of their task.
        SweepOptions perTask = work.Options with { ThrottleLimit = work.Options.Batching is null ? 1 : Math.Max(1, options.CpusPerTask / work.Options.ThreadsPerWorker) };
        int tasks = Math.Min(new RunGroups(folder, work.Options.Batching).Count(left), options.MaxParallel);
        string id = Submit(new SlurmJob([.. (work.Schedule is null ? left : work.Runs).Select(run => run.Id)], location, perTask, work.Schedule), tasks);
        yield return new SweepSubmittedEvent($"Job array {id} executes {left.Count} of {work.Runs.Count} runs.");
        if (options.NoWait) yield break;
        foreach (RunRow run in SweepReceiver.Wait(folder, left, () => Workers().Count > 0 || SweepOwner.Alive(folder.Owners).Count > 0, cancellation)) yield return new RunEndedEvent(run, null);
    }

    /// <summary>A word that the shell takes as it is.</summary>
    internal static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string Submit(SlurmJob job, int tasks)
    {
        Directory.CreateDirectory(Jobs);
        WorkerLaunch task = launch();
        string name = Guid.NewGuid().ToString("N")[..12];
        string description = Path.Combine(Jobs, name + ".json"), script = Path.Combine(Jobs, name + ".sh");
        job.Write(description);
        string command = string.Join(' ', new[] { task.FileName }.Concat(task.Arguments).Concat(["-Path", folder.Path, "-Job", description]).Select(Quote));
        File.WriteAllText(script, $"#!/bin/sh\nexec {command}\n");
        string id = SlurmProgram.Run("sbatch", Arguments(tasks, script)).Trim().Split(';')[0];
        File.WriteAllText(Path.Combine(Jobs, id + ".id"), "");
        return id;
    }

    private string[] Ids() => Directory.Exists(Jobs) ? [.. Directory.EnumerateFiles(Jobs, "*.id").Select(file => Path.GetFileNameWithoutExtension(file))] : [];

    private IEnumerable<string> Arguments(int tasks, string script)
    {
        yield return "--parsable";
        yield return "--requeue";
        yield return "--open-mode=append";
        yield return $"--chdir={Jobs}";
        // A % in the path must not be a pattern: two stand for one.
        yield return $"--output={Jobs.Replace("%", "%%", StringComparison.Ordinal)}/%A_%a.log";
        yield return "--job-name=reparamps-sweep";
        yield return string.Create(CultureInfo.InvariantCulture, $"--array=0-{tasks - 1}");
        int minutes = (int)Math.Ceiling(options.TimeLimit?.TotalMinutes ?? 0), notice = minutes == 0 ? NoticeSeconds : Math.Min(NoticeSeconds, minutes * 60 / 4);
        yield return string.Create(CultureInfo.InvariantCulture, $"--signal=B:USR1@{notice}");
        yield return string.Create(CultureInfo.InvariantCulture, $"--cpus-per-task={options.CpusPerTask}");
        if (options.Partition is not null) yield return $"--partition={options.Partition}";
        if (options.MemoryMB is { } memory) yield return string.Create(CultureInfo.InvariantCulture, $"--mem={memory}M");
        if (options.GpusPerTask > 0) yield return string.Create(CultureInfo.InvariantCulture, $"--gpus-per-task={options.GpusPerTask}");
        if (minutes > 0) yield return string.Create(CultureInfo.InvariantCulture, $"--time={minutes}");
        yield return script;
    }
}
