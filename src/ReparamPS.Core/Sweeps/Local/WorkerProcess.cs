using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Sweeps.Store;

namespace ReparamPS.Sweeps.Local;

/// <summary>How a worker process is started: a program and its arguments, to which the pipes' handles and the sweep's folder are added.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its first arguments.</param>
public sealed record WorkerLaunch(string FileName, IReadOnlyList<string> Arguments);

/// <summary>A coordinator's view of one worker process.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int TailCharacters = 1 << 16;

    // The pipes' ends go to the child by inheritance, so no other child may be born meanwhile.
    private static readonly object Birth = new();

    private readonly Process process;
    private readonly AnonymousPipeServerStream requests = new(PipeDirection.Out, HandleInheritability.Inheritable);
    private readonly AnonymousPipeServerStream replies = new(PipeDirection.In, HandleInheritability.Inheritable);
    private readonly Mailbox<ExperimentRow> received = new();
    private readonly StringBuilder printed = new();

    private WorkerProcess(WorkerLaunch launch, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(launch.FileName)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
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

    /// <summary>Sends a message; one to a dead worker is lost, as it shows when a reply is waited for.</summary>
    public void Send(ExperimentRow message)
    {
        try
        {
            requests.Write(SweepJson.Line(message).Span);
            requests.Flush();
        }
        catch (IOException)
        {
            Kill();
        }
    }

    /// <summary>Waits for the next message.</summary>
    /// <param name="milliseconds">How long; a second at most, so that a death is seen even where a child of the worker keeps its pipe open.</param>
    /// <param name="message">The message; null where none came in that time, or the worker is dead.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False where the worker is dead.</returns>
    public bool Receive(int milliseconds, out ExperimentRow? message, CancellationToken cancellation) =>
        received.TryTake(milliseconds, out message, cancellation) || !(received.IsCompleted || process.HasExited);

    /// <summary>The memory that the process takes, in bytes.</summary>
    public long Memory
    {
        get
        {
            try
            {
                process.Refresh();
                return process.WorkingSet64;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }
    }

    /// <summary>What was printed past the run's log since it was last taken: by native code, or by the runtime as it went down.</summary>
    public string TakePrinted()
    {
        lock (printed)
        {
            string text = printed.ToString();
            printed.Clear();
            return text;
        }
    }

    /// <summary>Ends the process and its children, and tells how it ended.</summary>
    public int Kill()
    {
        try
        {
            // To look for children takes long on a busy machine.
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended already.
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
                if (SweepJson.TryParse(Encoding.UTF8.GetBytes(line), "reply") is { } message) received.Add(message);
            }
        }
        catch (IOException)
        {
            // A broken pipe is its end.
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
