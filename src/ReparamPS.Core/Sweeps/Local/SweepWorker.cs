using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>
/// The process's side of a worker: takes runs from its coordinator, one after the other or in batches, executes them and writes each result into the run's folder. The process ends at once when
/// the coordinator ends, whatever the runs do at that moment.
/// </summary>
public sealed class SweepWorker : IDisposable
{
    /// <summary>The environment variable that names the device of a worker.</summary>
    public const string DeviceVariable = "REPARAMPS_SWEEP_DEVICE";

    private const int MaxMessageLength = 4_000;

    private readonly SweepFolder folder;
    private readonly AnonymousPipeClientStream requests;
    private readonly AnonymousPipeClientStream replies;
    private readonly Dictionary<string, SweepCommand> commands = [];
    private readonly RunPruning pruning;
    private readonly object gate = new();
    private volatile bool isStopping;

    /// <summary>Joins a coordinator.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="requestHandle">The handle of the pipe of requests.</param>
    /// <param name="replyHandle">The handle of the pipe of replies.</param>
    public SweepWorker(string path, string requestHandle, string replyHandle)
    {
        folder = new SweepFolder(path);
        pruning = new RunPruning(folder);
        requests = new AnonymousPipeClientStream(PipeDirection.In, requestHandle);
        replies = new AnonymousPipeClientStream(PipeDirection.Out, replyHandle);
    }

    /// <summary>Takes runs until the coordinator ends, and the process with it.</summary>
    /// <param name="executor">Executes the runs.</param>
    public void Work(IRunExecutor executor)
    {
        var queue = new Mailbox<WorkerMessage>();
        // A thread of its own always reads, so that the end of the pipe is noticed during a run.
        new Thread(() => Listen(queue, executor.Stop)) { IsBackground = true, Name = "sweep requests" }.Start();
        Send(new WorkerMessage(WorkerMessageKind.Ready));
        foreach (WorkerMessage request in queue.TakeAll())
        {
            if (request.BatchSize < 2)
            {
                ActiveRun? run = Open(request);
                run?.Execute(execution => executor.Execute(execution, run));
                continue;
            }
            List<WorkerMessage> batch = [request];
            while (batch.Count < request.BatchSize && queue.TryTake(Timeout.Infinite, out WorkerMessage? next)) batch.Add(next);
            RunTogether(batch, executor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        requests.Dispose();
        replies.Dispose();
    }

    private void Listen(Mailbox<WorkerMessage> queue, Action stop)
    {
        try
        {
            using var lines = new StreamReader(requests, Encoding.UTF8);
            while (lines.ReadLine() is { } line)
            {
                if (SweepJson.TryParse(Encoding.UTF8.GetBytes(line), WorkerMessages.Default.WorkerMessage) is not { } request) continue;
                if (request.Kind == WorkerMessageKind.Stop)
                {
                    isStopping = true;
                    stop();
                }
                else queue.Add(request);
            }
        }
        finally
        {
            // No cleanup: native code may be running, and the folder is valid at any moment.
            Process.GetCurrentProcess().Kill();
        }
    }

    // One thread prepares all runs, since only one runspace is open; several execute what is left of them.
    private void RunTogether(IReadOnlyList<WorkerMessage> batch, IRunExecutor executor)
    {
        var prepared = new ConcurrentQueue<(ActiveRun Run, Func<RunOutcome> Execute)>();
        Func<RunRequest, IRunOutput, Func<RunOutcome>> prepare = executor.BeginBatch();
        foreach (WorkerMessage request in batch)
        {
            if (Open(request) is not { } run) continue;
            Func<RunOutcome>? execute = null;
            RunOutcome outcome = run.Try(execution =>
            {
                execute = prepare(execution, run);
                return new RunOutcome(RunStatus.Done);
            });
            prepared.Enqueue((run, execute ?? (() => outcome)));
        }
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(batch[0].AtOnce, prepared.Count)).Select(_ => new Thread(Take) { IsBackground = true, Name = "sweep batch" })];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        void Take()
        {
            while (prepared.TryDequeue(out (ActiveRun Run, Func<RunOutcome> Execute) next))
            {
                Send(new WorkerMessage(WorkerMessageKind.Begun) { Id = next.Run.Id });
                next.Run.Execute(_ => next.Execute());
            }
        }
    }

    private ActiveRun? Open(WorkerMessage request)
    {
        try
        {
            return new ActiveRun(this, folder.Run(request.Id!), request);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Send(Broken(request.Id!, error));
            return null;
        }
    }

    private static WorkerMessage Broken(string id, Exception error) => new(WorkerMessageKind.Broken) { Id = id, Text = error.Message };

    // What a run throws may hold all of its input.
    private static string? Shortened(string? text) => text?.Length > MaxMessageLength ? text[..MaxMessageLength] + "…" : text;

    private void Send(WorkerMessage message)
    {
        lock (gate)
        {
            replies.Write(SweepJson.Line(message, WorkerMessages.Default.WorkerMessage).Span);
            replies.Flush();
        }
    }

    private SweepCommand Command(string id)
    {
        if (!commands.TryGetValue(id, out SweepCommand? command)) commands[id] = command = folder.ReadCommand(id);
        return command;
    }

    /// <summary>A run that this process executes, and what becomes of its output.</summary>
    private sealed class ActiveRun(SweepWorker worker, RunFolder run, WorkerMessage request) : IRunOutput, IDisposable
    {
        private readonly ResultFile result = new(run.ResultPath);
        private readonly RunLog log = new(run.OutputPath, request.Attempt);
        private readonly ProgressPace pace = new(TimeSpan.Zero);
        private Func<ExperimentRow, bool> isPrunedAt = _ => false;
        private RunRequest? execution;
        private bool isPruned;
        private IOException? broken;

        public string Id => run.Id;

        /// <summary>Executes the run, writes its result and reports its end.</summary>
        public void Execute(Func<RunRequest, RunOutcome> executor) => worker.Send(Finish(executor));

        /// <summary>Executes the run, or prepares it; what that throws is its failure.</summary>
        public RunOutcome Try(Func<RunRequest, RunOutcome> executor)
        {
            try
            {
                RunOutcome outcome = executor(execution ??= Read());
                if (broken is not null) throw broken;
                return isPruned ? new RunOutcome(RunStatus.Pruned) : outcome;
            }
            catch (DataFormatException error) when (broken is null)
            {
                // The run's files are not what its id stands for. Nothing was executed.
                return new RunOutcome(RunStatus.Failed, error.Message, error.Path);
            }
            catch (Exception error) when (broken is null)
            {
                return isPruned ? new RunOutcome(RunStatus.Pruned) : new RunOutcome(RunStatus.Failed, error.Message, error.StackTrace?.Split('\n')[0].Trim());
            }
        }

        public void AddRow(ExperimentRow row)
        {
            if (broken is not null) throw broken;
            try
            {
                if (!isPruned) result.Add(row);
            }
            catch (IOException error)
            {
                // The run may catch this; its result stays incomplete.
                broken = error;
                throw;
            }
            // A run may catch this and continue; it is stopped again at its next row.
            isPruned = isPruned || isPrunedAt(row);
            if (isPruned) throw new OperationCanceledException($"The run was stopped early (-Pruner): its best {request.Pruner?.Metric} so far is NaN, or worse than the median of the finished runs at the same row.");
        }

        public void Print(string line) => log.WriteLine(line);

        public void Progress(string text, int percent)
        {
            if (pace.IsDue()) worker.Send(new WorkerMessage(WorkerMessageKind.Progress) { Id = Id, Text = text, Percent = percent });
        }

        public void Dispose()
        {
            log.Dispose();
            result.Dispose();
        }

        private WorkerMessage Finish(Func<RunRequest, RunOutcome> executor)
        {
            try
            {
                using var files = this;
                DateTime started = DateTime.UtcNow;
                long clock = Stopwatch.GetTimestamp();
                RunOutcome outcome = Try(executor);
                (RunStatus status, string? message, string? place) = outcome;
                if (worker.isStopping && status == RunStatus.Failed) return new WorkerMessage(WorkerMessageKind.Stopped) { Id = Id };
                if (status == RunStatus.Done && request.IsPartial) status = RunStatus.Pruned;
                result.Commit(new RunResult(status, request.Attempt, started, Stopwatch.GetElapsedTime(clock).TotalSeconds, Environment.MachineName, Shortened(message), Shortened(place)) { Budget = request.Budget, LeftOut = Shortened(outcome.LeftOut) });
                return new WorkerMessage(WorkerMessageKind.Ended) { Id = Id };
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return Broken(Id, error);
            }
        }

        private RunRequest Read()
        {
            RunSpec spec = run.ReadSpec();
            SweepCommand command = worker.Command(spec.Command);
            isPrunedAt = worker.pruning.Begin(request.Pruner, spec);
            return new RunRequest(command, spec, run.Path, Path.Combine(run.Path, RunFolder.CheckpointName), request.Budget) { AllowedExitCodes = request.AllowedExitCodes ?? [] };
        }
    }
}
