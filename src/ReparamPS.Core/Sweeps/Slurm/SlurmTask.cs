using System.Runtime.InteropServices;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>One task of a sweep's job array: a coordinator with one worker. When its time is nearly over, its run may save a checkpoint and becomes pending, and the task queues itself again.</summary>
public static class SlurmTask
{
    // SIGUSR1 on Linux, where Slurm runs; as B:USR1 in the job's --signal.
    private const PosixSignal Notice = (PosixSignal)10;

    // Within the time between the notice and the end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Takes runs from the folder until none is left.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="job">What the tasks do.</param>
    /// <param name="launch">How to start a worker.</param>
    public static void Run(string path, SlurmJob job, Func<WorkerLaunch> launch)
    {
        using var noticed = new CancellationTokenSource();
        using PosixSignalRegistration? signal = OperatingSystem.IsLinux() ? PosixSignalRegistration.Create(Notice, context =>
        {
            context.Cancel = true;
            noticed.Cancel();
        }) : null;
        var folder = SweepFolder.Open(path);
        var work = new SweepWork(null, [.. job.Runs.Select(id => folder.TryRead(id, null)).OfType<RunSpec>()], job.Schedule, job.Options with { StopGrace = Grace });
        try
        {
            foreach (SweepEvent _ in new LocalEngine(folder, launch).Run(work, noticed.Token)) { }
        }
        catch (OperationCanceledException) when (noticed.IsCancellationRequested)
        {
            Requeue();
        }
    }

    private static void Requeue()
    {
        if (Environment.GetEnvironmentVariable("SLURM_ARRAY_JOB_ID") is { } job && Environment.GetEnvironmentVariable("SLURM_ARRAY_TASK_ID") is { } task)
        {
            SlurmProgram.Run("scontrol", "requeue", $"{job}_{task}");
        }
    }
}
