using System.Globalization;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>
/// Runs a sweep on a cluster: one job array, each of whose tasks is a coordinator with one worker that takes runs from the folder. jobs/NAME.json says what the tasks do, jobs/JOB.id
/// names the job; the folder must be on a file system that all nodes share.
/// </summary>
public sealed class SlurmEngine(SweepFolder folder)
{
    // Seconds before a time limit at which a task is told, so that it can give its run back and queue itself again; of a short limit, a quarter.
    private const int NoticeSeconds = 60;

    private string Jobs => Path.Combine(folder.Path, "jobs");

    /// <summary>Submits the job array.</summary>
    /// <param name="job">What the tasks do.</param>
    /// <param name="scheduler">What is asked of the scheduler.</param>
    /// <param name="task">How a task is started; the job's file is added.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="SweepException">Slurm is not on this machine, or refuses.</exception>
    public string Submit(SlurmJob job, SchedulerOptions scheduler, WorkerLaunch task)
    {
        SlurmProgram.Run("sbatch", "--version");
        Directory.CreateDirectory(Jobs);
        string name = Guid.NewGuid().ToString("N")[..12];
        string description = Path.Combine(Jobs, name + ".json"), script = Path.Combine(Jobs, name + ".sh");
        SweepJson.Write(description, job.ToRow());
        string command = string.Join(' ', new[] { task.FileName }.Concat(task.Arguments).Concat(["-Path", folder.Path, "-Job", description]).Select(Quote));
        File.WriteAllText(script, $"#!/bin/sh\nexec {command}\n");
        string id = SlurmProgram.Run("sbatch", Arguments(job, scheduler, script)).Trim().Split(';')[0];
        File.WriteAllText(Path.Combine(Jobs, id + ".id"), "");
        return id;
    }

    /// <summary>The states of the sweep's tasks that the scheduler still knows, with how many are in each; empty where none is queued or running.</summary>
    /// <exception cref="SweepException">There are jobs, but Slurm is not on this machine.</exception>
    public IReadOnlyDictionary<string, int> States()
    {
        string[] ids = Ids();
        if (ids.Length == 0) return new Dictionary<string, int>();
        // An id that Slurm has forgotten makes squeue -j fail, so all are listed.
        return SlurmProgram.Run("squeue", "--noheader", "--array", "--format=%F %T")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', 2))
            .Where(parts => parts.Length == 2 && ids.Contains(parts[0]))
            .GroupBy(parts => parts[1])
            .ToDictionary(group => group.Key, group => group.Count());
    }

    /// <summary>Cancels the sweep's jobs.</summary>
    /// <returns>How many tasks were queued or running.</returns>
    public int Cancel()
    {
        int active = States().Values.Sum();
        if (active > 0) SlurmProgram.Run("scancel", Ids());
        return active;
    }

    /// <summary>A word that the shell takes as it is.</summary>
    internal static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string[] Ids() => Directory.Exists(Jobs) ? [.. Directory.EnumerateFiles(Jobs, "*.id").Select(file => Path.GetFileNameWithoutExtension(file))] : [];

    private IEnumerable<string> Arguments(SlurmJob job, SchedulerOptions options, string script)
    {
        int tasks = Math.Min(job.Runs.Count, options.MaxParallel);
        yield return "--parsable";
        yield return "--requeue";
        yield return "--open-mode=append";
        yield return $"--chdir={Jobs}";
        // A % of the path is no pattern: two stand for one.
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
