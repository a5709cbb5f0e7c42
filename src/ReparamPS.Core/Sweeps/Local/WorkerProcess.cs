using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ReparamPS.Messages;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>How to start a worker process: a program and its arguments, to which the engine adds the sweep's folder and the pipes' handles.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its first arguments.</param>
public sealed record WorkerLaunch(string FileName, IReadOnlyList<string> Arguments);

/// <summary>A coordinator's view of one worker process.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int TailCharacters = 1 << 16;

    // The child inherits the ends of the pipes, so no other child may start meanwhile.
    private static readonly object Birth = new();

    private const int LongestFolder = 258;

    private readonly Process process;
    private readonly AnonymousPipeServerStream requests = new(PipeDirection.Out, HandleInheritability.Inheritable);
    private readonly AnonymousPipeServerStream replies = new(PipeDirection.In, HandleInheritability.Inheritable);
    private readonly Mailbox<WorkerMessage> received = new();
    private readonly StringBuilder printed = new();

    private WorkerProcess(WorkerLaunch launch, string folder, IReadOnlyDictionary<string, string> environment)
    {
        if (OperatingSystem.IsWindows() && folder.Length > LongestFolder)
            throw new SweepException($"Windows starts programs in folders of at most {LongestFolder} characters; the folder '{ShortText.Of(folder)}' of a worker has {folder.Length}. Use a shorter path for the sweep.");
        var start = new ProcessStartInfo(launch.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Without it, Windows opens a console window per worker if this process has none.
            CreateNoWindow = true,
            WorkingDirectory = folder,
        };
        foreach (string argument in launch.Arguments) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("-Path");
        start.ArgumentList.Add(folder);
        start.ArgumentList.Add("-Requests");
        start.ArgumentList.Add(requests.GetClientHandleAsString());
        start.ArgumentList.Add("-Replies");
        start.ArgumentList.Add(replies.GetClientHandleAsString());
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += Printed;
        process.ErrorDataReceived += Printed;
    }

    /// <summary>Which process it is.</summary>
    public ProcessIdentity Identity { get; private set; } = ProcessIdentity.Current;

    /// <summary>Starts a worker.</summary>
    public static WorkerProcess Start(WorkerLaunch launch, string folder, IReadOnlyDictionary<string, string> environment)
    {
        lock (Birth)
        {
            var worker = new WorkerProcess(launch, folder, environment);
            try
            {
                worker.process.Start();
            }
            catch
            {
                worker.requests.Dispose();
                worker.replies.Dispose();
                throw;
            }
            worker.requests.DisposeLocalCopyOfClientHandle();
            worker.replies.DisposeLocalCopyOfClientHandle();
            worker.Identity = ProcessIdentity.Of(worker.process);
            worker.process.StandardInput.Close();
            worker.process.BeginOutputReadLine();
            worker.process.BeginErrorReadLine();
            new Thread(worker.Listen) { IsBackground = true, Name = "sweep replies" }.Start();
            return worker;
        }
    }

    /// <summary>Sends a message. One to a dead worker is lost; the next <see cref="Receive"/> says so.</summary>
    public void Send(WorkerMessage message)
    {
        try
        {
            requests.Write(SweepJson.Line(message, WorkerMessages.Default.WorkerMessage).Span);
            requests.Flush();
        }
        catch (IOException)
        {
            Kill();
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="milliseconds">How long; at most a second, so that a death is noticed even if a child of the worker holds its pipe open.</param>
    /// <param name="message">The message; null if none came in that time, or the worker is dead.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the worker is dead.</returns>
    public bool Receive(int milliseconds, out WorkerMessage? message, CancellationToken cancellation) =>
        received.TryTake(milliseconds, out message, cancellation) || !(received.IsCompleted || process.HasExited);

    /// <summary>The memory of the process, in bytes.</summary>
    public long Memory
    {
        get
        {
            try
            {
                process.Refresh();
                // Windows trims the working set, so that a limit on it would be noticed late.
                return OperatingSystem.IsWindows() ? process.PrivateMemorySize64 : process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    /// <summary>What native code, or the runtime at its end, printed past the run's log since the last call.</summary>
    public string TakePrinted()
    {
        lock (printed)
        {
            string text = printed.ToString();
            printed.Clear();
            return text;
        }
    }

    /// <summary>Ends the process and its children.</summary>
    /// <returns>The exit code.</returns>
    public int Kill()
    {
        try
        {
            // Looking for children takes long on a busy machine.
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }
        return process.WaitForExit(5000) ? process.ExitCode : -1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill();
        requests.Dispose();
        process.Dispose();
    }

    private void Listen()
    {
        try
        {
            using var lines = new StreamReader(replies, Encoding.UTF8);
            while (lines.ReadLine() is { } line)
            {
                if (SweepJson.TryParse(Encoding.UTF8.GetBytes(line), WorkerMessages.Default.WorkerMessage) is { } message) received.Add(message);
            }
        }
        catch (IOException)
        {
            // A broken pipe has ended.
        }
        finally
        {
            received.Close();
        }
    }

    private void Printed(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (printed)
        {
            printed.Append(line.Data).Append('\n');
            if (printed.Length > TailCharacters) printed.Remove(0, printed.Length - TailCharacters);
        }
    }
}
