using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>
/// The process's side of a worker: takes one run after the other from its coordinator, executes it and writes the result into the run's folder. The process ends at once when the coordinator ends, whatever
/// the run does at that moment.
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
    /// <param name="executor">Executes a run.</param>
    /// <param name="stop">Ends the current run; called on another thread.</param>
    public void Work(RunExecutor executor, Action stop)
    {
        var queue = new Mailbox<WorkerMessage>();
        // A thread of its own always reads, so that the end of the pipe is noticed during a run.
        new Thread(() => Listen(queue, stop)) { IsBackground = true, Name = "sweep requests" }.Start();
        Send(new WorkerMessage(WorkerMessageKind.Ready));
        foreach (WorkerMessage request in queue.TakeAll()) Run(request, executor);
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

    private void Run(WorkerMessage request, RunExecutor executor)
    {
        RunFolder run = folder.Run(request.Id!);
        try
        {
            using var result = new ResultFile(run.ResultPath);
            using var output = new Output(this, result, new RunLog(run.OutputPath, request.Attempt));
            DateTime started = DateTime.UtcNow;
            long clock = Stopwatch.GetTimestamp();
            (RunStatus status, string? message, string? place) = Execute(run, request, executor, output);
            if (isStopping && status == RunStatus.Failed)
            {
                Send(new WorkerMessage(WorkerMessageKind.Stopped));
                return;
            }
            if (status == RunStatus.Done && request.IsPartial) status = RunStatus.Pruned;
            result.Commit(new RunResult(status, request.Attempt, started, Stopwatch.GetElapsedTime(clock).TotalSeconds, Environment.MachineName, Shortened(message), Shortened(place)) { Budget = request.Budget });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Send(new WorkerMessage(WorkerMessageKind.Broken) { Text = error.Message });
            return;
        }
        Send(new WorkerMessage(WorkerMessageKind.Ended));
    }

    private RunOutcome Execute(RunFolder run, WorkerMessage request, RunExecutor executor, Output output)
    {
        try
        {
            RunSpec spec = run.ReadSpec();
            if (!commands.TryGetValue(spec.Command, out SweepCommand? command)) commands[spec.Command] = command = folder.ReadCommand(spec.Command);
            pruning.Begin(request.Pruner, spec);
            var execution = new RunRequest(command, spec, run.Path, Path.Combine(run.Path, RunFolder.CheckpointName), request.Budget) { AllowedExitCodes = request.AllowedExitCodes ?? [] };
            RunOutcome outcome = executor(execution, output);
            output.ThrowIfBroken();
            return output.IsPruned ? new RunOutcome(RunStatus.Pruned) : outcome;
        }
        catch (DataFormatException error) when (!output.IsBroken)
        {
            // The run's files are not what its id stands for. Nothing was executed.
            return new RunOutcome(RunStatus.Failed, error.Message, error.Path);
        }
        catch (Exception error) when (!output.IsBroken)
        {
            return output.IsPruned ? new RunOutcome(RunStatus.Pruned) : new RunOutcome(RunStatus.Failed, error.Message, error.StackTrace?.Split('\n')[0].Trim());
        }
    }

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

    private sealed class Output(SweepWorker worker, ResultFile result, RunLog log) : IRunOutput, IDisposable
    {
        private readonly ProgressPace pace = new(TimeSpan.Zero);
        private IOException? broken;

        public bool IsBroken => broken is not null;

        public bool IsPruned { get; private set; }

        public void AddRow(ExperimentRow row)
        {
            ThrowIfBroken();
            try
            {
                if (!IsPruned) result.Add(row);
            }
            catch (IOException error)
            {
                // The run may catch this; its result stays incomplete.
                broken = error;
                throw;
            }
            // A run may catch this and continue; it is stopped again at its next row.
            IsPruned = IsPruned || worker.pruning.Add(row);
            if (IsPruned) throw new OperationCanceledException("The run was pruned: its metric is worse than the median of the finished runs.");
        }

        public void Print(string line) => log.WriteLine(line);

        public void Progress(string text, int percent)
        {
            if (pace.IsDue()) worker.Send(new WorkerMessage(WorkerMessageKind.Progress) { Text = text, Percent = percent });
        }

        public void ThrowIfBroken()
        {
            if (broken is not null) throw broken;
        }

        public void Dispose() => log.Dispose();
    }
}
