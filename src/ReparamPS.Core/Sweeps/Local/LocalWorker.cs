using System.Diagnostics;
using System.Globalization;
using ReparamPS.Sweeps.Store;
using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Local;

/// <summary>The coordinator's side of one worker: gives runs to a process that stays warm, enforces the limits, and replaces the process when it dies.</summary>
internal sealed class LocalWorker(SweepFolder folder, SweepOwner owner, SweepOptions options, WorkerLaunch launch, int index, Action<SweepEvent> report) : IDisposable
{
    private const int LookMilliseconds = 200, StartAttempts = 3;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private WorkerProcess? worker;

    /// <summary>Starts a process if there is none.</summary>
    /// <exception cref="SweepException">It dies while it starts, every time.</exception>
    public void Start(CancellationToken cancellation)
    {
        for (int attempt = 1; worker is null; attempt++)
        {
            try
            {
                worker = Launch(cancellation);
            }
            catch (SweepException) when (attempt < StartAttempts)
            {
                // It may have been killed. If something is missing, it fails again.
            }
        }
    }

    /// <summary>Executes a claimed run, and retries it as often as allowed if it fails. The execution of a run that failed before is a retry itself.</summary>
    public RunRow Run(RunTask task, CancellationToken cancellation)
    {
        RunSpec spec = task.Spec;
        RunFolder run = folder.Run(spec.Id);
        try
        {
            for (int retries = run.IsRetry() ? 1 : 0; ; retries++)
            {
                Start(cancellation);
                report(new RunStartedEvent(index, spec, task.Budget));
                Execute(run, task, cancellation);
                if (retries < options.Retry && run.ReadResult() is not { Result.IsFailure: false }) continue;
                run.End(owner.Id);
                return RunRow.Read(folder, spec);
            }
        }
        catch (Exception error)
        {
            if (error is OperationCanceledException) AwaitStop();
            Drop();
            run.Release(owner.Id);
            throw;
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose() => Drop();

    private WorkerProcess Launch(CancellationToken cancellation)
    {
        string threads = options.ThreadsPerWorker.ToString(CultureInfo.InvariantCulture);
        var environment = new Dictionary<string, string>
        {
            ["OMP_NUM_THREADS"] = threads,
            ["MKL_NUM_THREADS"] = threads,
            // A worker lives briefly: recompiling hot methods, and guarding what is compiled, costs more than it saves.
            ["DOTNET_TieredCompilation"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["POWERSHELL_UPDATECHECK"] = "Off",
            ["NO_COLOR"] = "1",
        };
        if (options.Devices.Count > 0) environment[SweepWorker.DeviceVariable] = options.Devices[index % options.Devices.Count];

        WorkerProcess started = WorkerProcess.Start(launch, folder.Path, environment);
        try
        {
            owner.Add(started.Identity);
            long clock = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(clock) < StartLimit)
            {
                bool alive = started.Receive(LookMilliseconds, out WorkerMessage? message, cancellation);
                if (message is not null) return started;
                if (!alive) break;
            }
            int code = started.Kill();
            throw new SweepException(string.Create(
                CultureInfo.InvariantCulture, $"A worker process ('{launch.FileName}') did not start: exit code {code}. {started.TakePrinted().Trim()}"));
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    private void Execute(RunFolder run, RunTask task, CancellationToken cancellation)
    {
        WorkerProcess active = worker!;
        int attempt = run.BeginAttempt();
        DateTime started = DateTime.UtcNow;
        long clock = Stopwatch.GetTimestamp();
        active.Send(new WorkerMessage(WorkerMessageKind.Run)
        {
            Id = run.Id, Attempt = attempt, Budget = task.Budget, IsPartial = !task.IsFull, Pruner = options.Pruner, AllowedExitCodes = options.AllowedExitCodes.Count > 0 ? options.AllowedExitCodes : null,
        });
        while (true)
        {
            int wait = options.Timeout is { } limit ? (int)Math.Clamp((limit - Stopwatch.GetElapsedTime(clock)).TotalMilliseconds + 1, 0, LookMilliseconds) : LookMilliseconds;
            bool alive = active.Receive(wait, out WorkerMessage? message, cancellation);
            switch (message?.Kind)
            {
                case WorkerMessageKind.Ended:
                    SavePrinted(run);
                    return;
                case WorkerMessageKind.Broken: throw new IOException($"The result of run {run.Id} could not be written: {ShortText.Of(message.Text)}");
                case WorkerMessageKind.Progress: report(new RunProgressEvent(index, message.Text ?? "", message.Percent)); break;
            }
            if (!alive)
            {
                End(RunStatus.Died, null);
                return;
            }
            if (options.Timeout is { } timeout && Stopwatch.GetElapsedTime(clock) >= timeout)
            {
                End(RunStatus.TimedOut, string.Create(CultureInfo.InvariantCulture, $"The run took longer than {timeout.TotalSeconds} s (TimeoutSeconds) and was stopped."));
                return;
            }
            if (options.MemoryBytes is { } most && active.Memory is var memory && memory > most)
            {
                End(RunStatus.OutOfMemory, string.Create(CultureInfo.InvariantCulture, $"The run used {memory >> 20} MB of memory, above the limit of {most >> 20} MB (MemoryMB), and was stopped."));
                return;
            }
        }

        void End(RunStatus status, string? message)
        {
            int code = active.Kill();
            string printed = SavePrinted(run);
            Drop();
            // The worker may have written the result just before it ended.
            if (run.ReadResult() is not null) return;
            if (status == RunStatus.Died && printed.Contains("Out of memory", StringComparison.OrdinalIgnoreCase)) status = RunStatus.OutOfMemory;
            string place = string.Create(CultureInfo.InvariantCulture, $"worker process {active.Identity.ProcessId} on {active.Identity.Host}");
            ResultFile.RemoveLeftovers(run.ResultPath);
            using var file = new ResultFile(run.ResultPath);
            file.Commit(new RunResult(status, attempt, started, Stopwatch.GetElapsedTime(clock).TotalSeconds, Environment.MachineName, message ?? Describe(run, code, printed), place) { Budget = task.Budget });
        }
    }

    // A script's finally blocks run, and a training writes a checkpoint.
    private void AwaitStop()
    {
        if (worker is null || options.StopGrace <= TimeSpan.Zero) return;
        long clock = Stopwatch.GetTimestamp();
        worker.Send(new WorkerMessage(WorkerMessageKind.Stop));
        while (Stopwatch.GetElapsedTime(clock) < options.StopGrace && worker.Receive(LookMilliseconds, out WorkerMessage? message, CancellationToken.None))
        {
            if (message?.Kind is WorkerMessageKind.Ended or WorkerMessageKind.Stopped or WorkerMessageKind.Broken) return;
        }
    }

    private static string Describe(RunFolder run, int code, string printed)
    {
        string how = code > 128 && !OperatingSystem.IsWindows()
            ? string.Create(CultureInfo.InvariantCulture, $"The worker process was killed by signal {code - 128}.")
            : string.Create(CultureInfo.InvariantCulture, $"The worker process ended with exit code {code}.");
        string? last = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        if (File.Exists(run.OutputPath)) how += " See output.log in the run's folder.";
        return last is null ? how : $"{how} {last}";
    }

    private string SavePrinted(RunFolder run)
    {
        string printed = worker!.TakePrinted();
        if (printed.Length > 0) RunLog.Append(run.OutputPath, printed);
        return printed;
    }

    private void Drop()
    {
        worker?.Dispose();
        worker = null;
    }
}
