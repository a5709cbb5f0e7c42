using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Sweeps.Scheduling;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>What a run hands out while it is under way.</summary>
public interface IRunOutput
{
    /// <summary>Adds a row to the result.</summary>
    void AddRow(ExperimentRow row);

    /// <summary>Keeps a line that was printed.</summary>
    void Print(string line);

    /// <summary>Tells how far the run is.</summary>
    void Progress(string text, int percent);
}

/// <summary>Where a run is executed.</summary>
/// <param name="Command">What is run.</param>
/// <param name="Spec">With which settings.</param>
/// <param name="Folder">The run's folder, where it may keep files.</param>
/// <param name="CheckpointFolder">Where a training keeps its checkpoint, to go on from after an interruption.</param>
/// <param name="Budget">The budget that the run is to reach; null where there is no strategy.</param>
public sealed record RunRequest(SweepCommand Command, RunSpec Spec, string Folder, string CheckpointFolder, int? Budget)
{
    /// <summary>The settings, the budget among them.</summary>
    public ExperimentRow Settings => Spec.SettingsAt(Budget);
}

/// <summary>Runs one run. What it throws is the run's failure.</summary>
public delegate (RunStatus Status, string? Message, string? Place) RunExecutor(RunRequest request, IRunOutput output);

/// <summary>
/// The worker's side of a sweep: takes one run after the other from its coordinator, executes it and writes the result into the run's folder. The process ends at once when the coordinator is gone, whatever
/// the run does at that moment.
/// </summary>
public sealed class SweepWorker : IDisposable
{
    /// <summary>The environment variable that names the device of a worker.</summary>
    public const string DeviceVariable = "REPARAMPS_SWEEP_DEVICE";

    private readonly SweepFolder folder;
    private readonly AnonymousPipeClientStream requests;
    private readonly AnonymousPipeClientStream replies;
    private readonly Dictionary<string, SweepCommand> commands = [];
    private readonly PrunerWatch watch;
    private readonly object gate = new();
    private volatile bool isStopping;

    /// <summary>Joins a coordinator.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="requestHandle">The handle of the pipe that requests come from.</param>
    /// <param name="replyHandle">The handle of the pipe that replies go to.</param>
    public SweepWorker(string path, string requestHandle, string replyHandle)
    {
        folder = new SweepFolder(path);
        watch = new PrunerWatch(folder);
        requests = new AnonymousPipeClientStream(PipeDirection.In, requestHandle);
        replies = new AnonymousPipeClientStream(PipeDirection.Out, replyHandle);
    }

    /// <summary>Takes runs until the coordinator is gone, and the process with it.</summary>
    /// <param name="executor">Runs a run.</param>
    /// <param name="stop">Ends the run that is under way; called on another thread.</param>
    public void Work(RunExecutor executor, Action stop)
    {
        var queue = new Mailbox<ExperimentRow>();
        // A thread of its own always reads, so that the end of the pipe is seen in the middle of a run.
        new Thread(() => Listen(queue, stop)) { IsBackground = true, Name = "sweep requests" }.Start();
        Send(WorkerMessages.Of(WorkerMessages.Ready));
        foreach (ExperimentRow request in queue.TakeAll()) Run(request, executor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        requests.Dispose();
        replies.Dispose();
    }

    private void Listen(Mailbox<ExperimentRow> queue, Action stop)
    {
        try
        {
            using var lines = new StreamReader(requests, Encoding.UTF8);
            while (lines.ReadLine() is { } line)
            {
                if (SweepJson.TryParse(Encoding.UTF8.GetBytes(line), "request") is not { } request) continue;
                if (request[WorkerMessages.Kind] is WorkerMessages.Stop)
                {
                    isStopping = true;
                    stop();
                }
                else queue.Add(request);
            }
        }
        finally
        {
            // No clean-up: native code may be running, and the folder is safe at any moment.
            Process.GetCurrentProcess().Kill();
        }
    }

    private void Run(ExperimentRow request, RunExecutor executor)
    {
        RunFolder run = folder.Run((string)request["Id"]!);
        int attempt = Convert.ToInt32(request["Attempt"], null);
        int? budget = request["Budget"] is { } given ? Convert.ToInt32(given, null) : null;
        try
        {
            using var result = new ResultFile(run.ResultPath);
            using var output = new Output(this, result, new RunLog(run.OutputPath, attempt));
            DateTime started = DateTime.UtcNow;
            long clock = Stopwatch.GetTimestamp();
            (RunStatus status, string? message, string? place) = Execute(run, budget, MedianPruner.From(request["Pruner"]), executor, output);
            if (isStopping && status == RunStatus.Failed)
            {
                Send(WorkerMessages.Of(WorkerMessages.Stopped));
                return;
            }
            if (status == RunStatus.Done && request["IsFull"] is false) status = RunStatus.Pruned;
            result.Commit(new RunResult(status, attempt, started, Stopwatch.GetElapsedTime(clock).TotalSeconds, Environment.MachineName, message, place) { Budget = budget });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Send(WorkerMessages.Of(WorkerMessages.Broken, ("Text", error.Message)));
            return;
        }
        Send(WorkerMessages.Of(WorkerMessages.Ended));
    }

    private (RunStatus Status, string? Message, string? Place) Execute(RunFolder run, int? budget, MedianPruner? pruner, RunExecutor executor, Output output)
    {
        try
        {
            RunSpec spec = run.ReadSpec();
            if (!commands.TryGetValue(spec.Command, out SweepCommand? command)) commands[spec.Command] = command = folder.ReadCommand(spec.Command);
            watch.Begin(pruner, spec);
            (RunStatus, string?, string?) ended = executor(new RunRequest(command, spec, run.Path, Path.Combine(run.Path, RunFolder.CheckpointName), budget), output);
            output.ThrowIfBroken();
            return output.IsPruned ? (RunStatus.Pruned, null, null) : ended;
        }
        catch (Exception error) when (!output.IsBroken)
        {
            if (output.IsPruned) return (RunStatus.Pruned, null, null);
            return (RunStatus.Failed, error.Message, error.StackTrace?.Split('\n')[0].Trim());
        }
    }

    private void Send(ExperimentRow message)
    {
        lock (gate)
        {
            replies.Write(SweepJson.Line(message).Span);
            replies.Flush();
        }
    }

    private sealed class Output(SweepWorker worker, ResultFile result, RunLog log) : IRunOutput, IDisposable
    {
        private const int ProgressMilliseconds = 200;

        private long lastProgress = -ProgressMilliseconds;
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
                // The run may catch this; its result can't be whole any more all the same.
                broken = error;
                throw;
            }
            // A run may catch this and go on; it is stopped at its next row again.
            IsPruned = IsPruned || worker.watch.Add(row);
            if (IsPruned) throw new OperationCanceledException("The run does worse than others, and is stopped.");
        }

        public void Print(string line) => log.WriteLine(line);

        public void Progress(string text, int percent)
        {
            if (Environment.TickCount64 - lastProgress < ProgressMilliseconds) return;
            lastProgress = Environment.TickCount64;
            worker.Send(WorkerMessages.Of(WorkerMessages.Progress, ("Text", text), ("Percent", percent)));
        }

        public void ThrowIfBroken()
        {
            if (broken is not null) throw broken;
        }

        public void Dispose() => log.Dispose();
    }
}
