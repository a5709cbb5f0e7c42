using System.Runtime.InteropServices;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Slurm;

/// <summary>One task of a sweep's job array: a coordinator with one worker. Told that its time is over it lets its run keep a checkpoint, gives it back and queues itself again.</summary>
public static class SlurmTask
{
    // SIGUSR1 on Linux, where Slurm is; as B:USR1 in the job's --signal.
    private const PosixSignal Notice = (PosixSignal)10;

    // Within the time between the notice and the end.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Takes runs from the folder until none is left.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="job">What the tasks do.</param>
    /// <param name="launch">How a worker is started.</param>
    public static void Run(string path, SlurmJob job, WorkerLaunch launch)
    {
        using var noticed = new CancellationTokenSource();
        using var signal = PosixSignalRegistration.Create(Notice, context =>
        {
            context.Cancel = true;
            noticed.Cancel();
        });
        var folder = SweepFolder.Open(path);
        RunSpec[] runs = [.. job.Runs.Select(id => folder.Run(id).ReadSpec())];
        var runner = new SweepRunner(folder, null, runs, job.Options with { StopGrace = Grace }, launch, job.Schedule);
        try
        {
            foreach (SweepEvent _ in runner.Run(noticed.Token)) { }
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
