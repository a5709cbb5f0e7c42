using System.Management.Automation;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Slurm;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Cmdlets.Sweeps;

// Where runs go on, and how a cluster is asked for it.
public sealed partial class InvokeExperimentSweepCommand
{
    /// <summary>Where runs go on: in processes of this machine, or on a cluster.</summary>
    [Parameter]
    public SweepEngine Engine { get; set; } = SweepEngine.Local;

    /// <summary>Slurm: the partition.</summary>
    [Parameter]
    public string? Partition { get; set; }

    /// <summary>Slurm: cores of each task.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int CpusPerTask { get; set; } = 1;

    /// <summary>Slurm: GPUs of each task.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int GpusPerTask { get; set; }

    /// <summary>Slurm: the time of a task, which is queued again when it is over.</summary>
    [Parameter]
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>Slurm: how many tasks run at a time; each takes one run after the other.</summary>
    [Parameter, ValidateRange(1, 1_000_000)]
    public int MaxParallel { get; set; } = 16;

    /// <summary>Slurm: submits and returns the sweep's counts at once.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    private void RunOnCluster(List<RunSpec> runs, SweepSchedule? schedule, SweepOptions options)
    {
        foreach ((string name, bool given) in new[] { (nameof(MaxRuns), MaxRuns is not null), (nameof(TimeBudget), TimeBudget is not null), (nameof(StopOnFailure), StopOnFailure.IsPresent) })
        {
            if (given) throw new NotSupportedException($"{name} is for Engine Local: tasks on a cluster go on without this process.");
        }
        var slurm = new SlurmEngine(folder);
        HashSet<string> undecided = schedule is null ? [] : folder.ReadUndecided(schedule);
        List<RunSpec> waited = [.. runs.Where(run => undecided.Contains(run.Id) || RunRow.Read(folder, run).IsToBeRun(options))];
        foreach (RunSpec done in runs.Except(waited)) WriteObject(RunRowObjects.From(folder, RunRow.Read(folder, done), Expand), enumerateCollection: true);
        if (waited.Count > 0)
        {
            if (resolver is not null) folder.Enlist(resolver.Command, waited, schedule, Cancellation);
            folder.Reopen(waited);
            var job = new SlurmJob([.. (schedule is null ? waited : runs).Select(run => run.Id)], SessionState.Path.CurrentFileSystemLocation.ProviderPath, options, schedule);
            var scheduler = new SchedulerOptions
            {
                Partition = Partition, CpusPerTask = CpusPerTask, MemoryMB = MemoryMB, GpusPerTask = GpusPerTask, TimeLimit = TimeLimit, MaxParallel = MaxParallel,
            };
            WriteVerbose($"Job array {slurm.Submit(job, scheduler, SweepWorkerProcess.LaunchTask())} runs {waited.Count} of {runs.Count} runs.");
        }
        if (NoWait) WriteObject(folder.Count(runs));
        else ReceiveExperimentSweepCommand.Receive(folder, waited, Expand, WriteProgress, row => WriteObject(row), Cancellation);
    }
}
