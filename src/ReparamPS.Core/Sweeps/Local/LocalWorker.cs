using System.Diagnostics;
using System.Globalization;
using ReparamPS.Sweeps.Store;
using ReparamPS.Messages;

namespace ReparamPS.Sweeps.Local;

/// <summary>The coordinator's side of one worker: gives runs to a process that stays warm, enforces the limits, and replaces the process when it dies.</summary>
internal sealed class LocalWorker(SweepFolder folder, SweepOwner owner, SweepOptions options, WorkerLaunch launch, int index, int atOnce, Action<SweepEvent> report) : IDisposable
{
    private const int LookMilliseconds = 200, StartAttempts = 3, KillSignal = 9;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    // The runs that the process has not ended yet.
    private readonly Dictionary<string, Execution> executions = [];
    private WorkerProcess? worker;

    // Events number the runs that workers execute at the same time; those of a batch follow each other.
    private int FirstNumber => index * (options.Batching?.Size ?? 1);

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

    /// <summary>
    /// Executes claimed runs, and retries those that fail as often as allowed. The execution of a run that failed before is a retry itself. Several runs are executed
    /// together; if their process dies or reaches a limit, those that have not ended are executed again one by one, so that only the run that causes it fails.
    /// </summary>
    /// <param name="tasks">The runs.</param>
    /// <param name="ended">Called on this thread with each run that has ended.</param>
    /// <param name="cancellation">Ends the call; runs that have not ended are pending again.</param>
    public void Run(IReadOnlyList<RunTask> tasks, Action<RunTask, RunRow> ended, CancellationToken cancellation)
    {
        Dictionary<RunTask, int> retries = tasks.ToDictionary(task => task, task => folder.Run(task.Spec.Id).IsRetry() ? 1 : 0);
        try
        {
            if (tasks.Count > 1) Execute(tasks, End, cancellation);
            foreach (RunTask task in tasks)
            {
                while (retries.ContainsKey(task)) Execute([task], End, cancellation);
            }
        }
        catch (Exception error)
        {
            if (error is OperationCanceledException) AwaitStop();
            Drop();
            foreach (RunTask task in retries.Keys) folder.Run(task.Spec.Id).Release(owner.Id);
            throw;
        }

        void End(RunTask task)
        {
            RunFolder run = folder.Run(task.Spec.Id);
            if (retries[task]++ < options.Retry && run.ReadResult() is not { Result.IsFailure: false }) return;
            run.End(owner.Id);
            retries.Remove(task);
            ended(task, RunRow.Read(folder, task.Spec));
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
            bool alive = true;
            while (alive && Stopwatch.GetElapsedTime(clock) < StartLimit)
            {
                alive = started.Receive(LookMilliseconds, out WorkerMessage? message, cancellation);
                if (message is not null) return started;
            }
            int code = started.Kill();
            // The exit code of a process that was killed says nothing.
            string what = alive ? string.Create(CultureInfo.InvariantCulture, $"was not ready within {StartLimit.TotalSeconds} s and was stopped. The machine may be overloaded; then run fewer runs at once.") : string.Create(CultureInfo.InvariantCulture, $"did not start: exit code {code}.");
            throw new SweepException($"A worker process ('{launch.FileName}') {what}{Printed(started.TakePrinted().Trim())}");
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    // Returns once all runs have ended, or the process has; the runs that had not ended by then are left.
    private void Execute(IReadOnlyList<RunTask> tasks, Action<RunTask> ended, CancellationToken cancellation)
    {
        Start(cancellation);
        WorkerProcess active = worker!;
        executions.Clear();
        foreach (RunTask task in tasks) executions.Add(task.Spec.Id, new Execution(task, folder.Run(task.Spec.Id), FirstNumber + executions.Count));
        foreach (Execution execution in executions.Values)
        {
            if (tasks.Count == 1) Begin(execution);
            active.Send(new WorkerMessage(WorkerMessageKind.Run)
            {
                Id = execution.Run.Id,
                Attempt = execution.Attempt,
                Budget = execution.Task.Budget,
                IsPartial = !execution.Task.IsFull,
                Pruner = options.Pruner,
                AllowedExitCodes = options.AllowedExitCodes.Count > 0 ? options.AllowedExitCodes : null,
                BatchSize = tasks.Count > 1 ? tasks.Count : 0,
                AtOnce = tasks.Count > 1 ? atOnce : 0,
            });
        }
        while (executions.Count > 0)
        {
            Execution? first = executions.Values.Where(execution => execution.HasBegun).MaxBy(execution => execution.Elapsed);
            int wait = options.Timeout is { } limit && first is not null ? (int)Math.Clamp((limit - first.Elapsed).TotalMilliseconds + 1, 0, LookMilliseconds) : LookMilliseconds;
            bool alive = active.Receive(wait, out WorkerMessage? message, cancellation);
            if (message?.Id is { } id && executions.TryGetValue(id, out Execution? told))
            {
                switch (message.Kind)
                {
                    case WorkerMessageKind.Begun when !told.HasBegun: Begin(told); break;
                    case WorkerMessageKind.Ended:
                        SavePrinted(told.Run);
                        executions.Remove(id);
                        ended(told.Task);
                        continue;
                    case WorkerMessageKind.Broken: throw new IOException($"The result of run {id} could not be written: {ShortText.Of(message.Text)}");
                    case WorkerMessageKind.Progress: report(new RunProgressEvent(told.Number, message.Text ?? "", message.Percent)); break;
                }
            }
            // The last run of a batch is not the reason before it has begun; it is executed alone then.
            Execution? only = executions.Count == 1 && executions.Values.First() is { HasBegun: true } last ? last : null;
            if (!alive)
            {
                Lose(only, RunStatus.Died, null);
                return;
            }
            if (options.Timeout is { } timeout && first is not null && executions.ContainsKey(first.Run.Id) && first.Elapsed >= timeout)
            {
                Lose(first, RunStatus.TimedOut, string.Create(CultureInfo.InvariantCulture, $"The run took longer than {timeout.TotalSeconds} s (TimeoutSeconds) and was stopped."));
                return;
            }
            if (options.MemoryBytes is { } most && active.Memory is var memory && memory > most)
            {
                Lose(only, RunStatus.OutOfMemory, string.Create(CultureInfo.InvariantCulture, $"The run used {memory >> 20} MB of memory, above the limit of {most >> 20} MB (MemoryMB), and was stopped."));
                return;
            }
        }

        void Begin(Execution execution)
        {
            execution.Begin();
            report(new RunStartedEvent(execution.Number, execution.Task.Spec, execution.Task.Budget));
        }

        // Ends the process. The run that is the reason gets a result.
        void Lose(Execution? reason, RunStatus status, string? message)
        {
            int code = active.Kill();
            string printed = reason is null ? active.TakePrinted() : SavePrinted(reason.Run);
            Drop();
            Execution[] lost = [.. executions.Values];
            executions.Clear();
            foreach (Execution execution in lost)
            {
                // The worker may have written the result just before it ended.
                if (execution.Run.ReadResult() is null)
                {
                    if (execution != reason) continue;
                    RunStatus known = status == RunStatus.Died && printed.Contains("Out of memory", StringComparison.OrdinalIgnoreCase) ? RunStatus.OutOfMemory : status;
                    string place = string.Create(CultureInfo.InvariantCulture, $"worker process {active.Identity.ProcessId} on {active.Identity.Host}");
                    ResultFile.RemoveLeftovers(execution.Run.ResultPath);
                    using var file = new ResultFile(execution.Run.ResultPath);
                    file.Commit(new RunResult(known, execution.Attempt, execution.Started, execution.Elapsed.TotalSeconds, Environment.MachineName, message ?? Describe(execution.Run, code, printed), place) { Budget = execution.Task.Budget });
                }
                ended(execution.Task);
            }
        }
    }

    // A script's finally blocks run, and a training writes a checkpoint.
    private void AwaitStop()
    {
        if (worker is null || options.StopGrace <= TimeSpan.Zero) return;
        long clock = Stopwatch.GetTimestamp();
        worker.Send(new WorkerMessage(WorkerMessageKind.Stop));
        while (executions.Count > 0 && Stopwatch.GetElapsedTime(clock) < options.StopGrace && worker.Receive(LookMilliseconds, out WorkerMessage? message, CancellationToken.None))
        {
            if (message is { Kind: WorkerMessageKind.Ended or WorkerMessageKind.Stopped or WorkerMessageKind.Broken, Id: { } id }) executions.Remove(id);
        }
    }

    private static string Describe(RunFolder run, int code, string printed)
    {
        string how = code > 128 && !OperatingSystem.IsWindows()
            ? string.Create(CultureInfo.InvariantCulture, $"The worker process was killed by signal {code - 128}.{(code - 128 == KillSignal ? " The system does this if memory runs out; then run fewer runs at once, or smaller ones." : "")}")
            : string.Create(CultureInfo.InvariantCulture, $"The worker process ended with exit code {code} before the run returned.{(code == 0 ? " The script may have called [Environment]::Exit." : "")}");
        string? first = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        if (File.Exists(run.OutputPath)) how += " See output.log in the run's folder.";
        return how + Printed(first);
    }

    // At the end: it is not a sentence of this module.
    private static string Printed(string? text) => string.IsNullOrEmpty(text) ? "" : $" It printed: {text}";

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

    private sealed class Execution(RunTask task, RunFolder run, int number)
    {
        private long clock;

        public RunTask Task => task;

        public RunFolder Run => run;

        public int Number => number;

        public int Attempt { get; } = run.BeginAttempt();

        public DateTime Started { get; private set; }

        public bool HasBegun { get; private set; }

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(clock);

        public void Begin() => (HasBegun, Started, clock) = (true, DateTime.UtcNow, Stopwatch.GetTimestamp());
    }
}
