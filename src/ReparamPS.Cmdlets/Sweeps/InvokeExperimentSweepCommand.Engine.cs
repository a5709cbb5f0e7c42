using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Slurm;
using ReparamPS.Sweeps.Store;
using ReparamPS.Vae;

namespace ReparamPS.Cmdlets.Sweeps;

// Where runs are executed, and how many in one process.
public sealed partial class InvokeExperimentSweepCommand
{
    private const string BatchedCommand = "Invoke-VaeTraining";

    // A step of training costs the same for any value of these.
    private static readonly string[] BatchedSettings = [nameof(VaeOptions.Seed), nameof(VaeOptions.LearningRate), nameof(VaeOptions.Beta), nameof(VaeOptions.WeightDecay)];

    /// <summary>Where runs execute. Local: in processes of this machine. Slurm: on nodes of a cluster. Default: Local.</summary>
    [Parameter, Exact<SweepEngine>]
    public SweepEngine Engine { get; set; } = SweepEngine.Local;

    /// <summary>The maximum number of VAE runs that one worker process trains together: those that differ only in Seed, LearningRate, Beta and WeightDecay. Each returns the same rows as if it were trained alone. Requires -Command Invoke-VaeTraining. Default: 1.</summary>
    [Parameter, AllowedRange(1, 1024), Exact<int>]
    public int BatchRuns { get; set; } = 1;

    /// <summary>With -Engine Slurm: the partition. Default: the default partition of the cluster.</summary>
    [Parameter, Exact<string>]
    public string? Partition { get; set; }

    /// <summary>With -Engine Slurm: the number of cores per task. Default: 1.</summary>
    [Parameter, AllowedRange(1), Exact<int>]
    public int CpusPerTask { get; set; } = 1;

    /// <summary>With -Engine Slurm: the number of GPUs per task. Default: 0.</summary>
    [Parameter, AllowedRange(0), Exact<int>]
    public int GpusPerTask { get; set; }

    /// <summary>With -Engine Slurm: the time limit of a task, such as 01:00:00 for one hour. A task that reaches it is queued again: the interrupted run restarts, from its checkpoint if it has one, and the other runs follow. Default: the partition's limit.</summary>
    [Parameter, OptionalNumber<TimeSpan>]
    public TimeSpan? TimeLimit { get; set; }

    /// <summary>With -Engine Slurm: the maximum number of tasks at the same time. Each task executes runs one after another. Default: 16.</summary>
    [Parameter, AllowedRange(1, 1_000_000), Exact<int>]
    public int MaxParallel { get; set; } = 16;

    /// <summary>With -Engine Slurm: submits the job and returns at once, with the number of runs in each state.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter NoWait { get; set; }

    private RunBatching? Batching => BatchRuns == 1 ? null : new RunBatching(BatchRuns, BatchedCommand, BatchedSettings);

    private ISweepEngine CreateEngine()
    {
        string[] slurmOnly = [nameof(Partition), nameof(CpusPerTask), nameof(GpusPerTask), nameof(TimeLimit), nameof(MaxParallel), nameof(NoWait)];
        if (Engine == SweepEngine.Local && slurmOnly.FirstOrDefault(IsGivenHere) is { } unused)
            throw new ArgumentException($"{unused} requires -Engine Slurm.", unused);
        if (Engine == SweepEngine.Slurm && IsGivenHere(nameof(ThrottleLimit)))
            throw new ArgumentException($"{nameof(ThrottleLimit)} requires -Engine Local. With -Engine Slurm, use -{nameof(MaxParallel)}.", nameof(ThrottleLimit));
        var slurm = new SlurmOptions
        {
            Partition = Partition, CpusPerTask = CpusPerTask, MemoryMB = MemoryMB, GpusPerTask = GpusPerTask, TimeLimit = TimeLimit, MaxParallel = MaxParallel, NoWait = NoWait,
        };
        return SweepEngines.Create(Engine, folder, SessionState.Path.CurrentFileSystemLocation.ProviderPath, slurm, OwnCommands.PrefixOf(MyInvocation.MyCommand));
    }

    private void Run(ISweepEngine engine, SweepWork[] parts)
    {
        RunSpec[] runs = [.. parts.SelectMany(part => part.Runs)];
        try
        {
            Follow(engine, parts, runs);
        }
        finally
        {
            // After Ctrl+C the cmdlet's own streams are closed.
            if (Stopping) Host.UI?.WriteWarningLine(StoppedMessage(runs));
        }
    }

    private string StoppedMessage(RunSpec[] runs)
    {
        SweepCounts counts = folder.Count(runs);
        string state = $"{EndedText(counts)}. The sweep is stored in '{folder.Path}'.";
        return Engine == SweepEngine.Slurm ? $"{state} Its job keeps running: Receive-ExperimentSweep '{Path}' -Wait returns the rows; Stop-ExperimentSweep '{Path}' ends it."
            : $"{state} To resume it: Invoke-ExperimentSweep '{Path}' -Resume";
    }

    private static int Ended(SweepCounts counts) => counts.Total - counts.Pending - counts.Running;

    private static string EndedText(SweepCounts counts) => $"{Ended(counts)} of {counts.Total} runs {(Ended(counts) == 1 ? "has" : "have")} ended";

    private void Follow(ISweepEngine engine, SweepWork[] parts, RunSpec[] runs)
    {
        var progress = new SweepProgress(runs.Length, WriteProgress);
        bool hasWarned = false;
        foreach (SweepEvent report in SweepParts.Run(engine, parts, Cancellation))
        {
            progress.Add(report);
            switch (report)
            {
                case RunEndedEvent ended:
                    RunRowObjects.WarnOfLeftOut(ended.Run, ref hasWarned, WriteWarning);
                    WriteObject(RunRowObjects.From(folder, ended.Run, Expand, runs), enumerateCollection: true);
                    break;
                case SweepOutOfTimeEvent when folder.Count(runs) is var counts && Ended(counts) < counts.Total:
                    WriteWarning($"{EndedText(counts)}; -{nameof(TimeBudget)} is used up. Repeat the command to continue.");
                    break;
                case SweepSubmittedEvent submitted:
                    WriteVerbose(submitted.Description);
                    break;
                case SweepStoppedEvent { Failure: var failure }:
                    WriteError(ErrorRecords.From(new SweepException($"-{nameof(StopOnFailure)} ended the sweep at run {failure.Spec.Id}, which has the status {failure.Status}. To execute the other runs, repeat the command without -{nameof(StopOnFailure)}.{(failure.Result?.Message is { Length: > 0 } message ? $" The message of the run: {message}" : "")}"), failure.Spec.Id));
                    break;
            }
        }
        progress.Complete();
        if (NoWait) WriteObject(folder.Count(runs));
    }
}
