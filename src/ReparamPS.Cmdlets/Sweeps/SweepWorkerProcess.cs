using System.Reflection;
using System.Runtime.InteropServices;
using ReparamPS.Cmdlets.Sweeps.Worker;
using ReparamPS.Sweeps;
using ReparamPS.Sweeps.Local;
using ReparamPS.Sweeps.Slurm;

namespace ReparamPS.Cmdlets.Sweeps;

/// <summary>The worker process of a sweep: how to start one, and its main function. Worker.ps1, beside the module's manifest, is its script.</summary>
public static class SweepWorkerProcess
{
    /// <summary>The environment variable that names the program of worker processes: ReparamPS.Host (or its dll), or pwsh.</summary>
    public const string ProgramVariable = "REPARAMPS_WORKER";

    private const string HostName = "ReparamPS.Host", WorkerScript = "Worker.ps1";

    private static string ModuleFolder { get; } =
        Path.GetDirectoryName(Path.GetDirectoryName(typeof(SweepWorkerProcess).Assembly.Location)) ?? AppContext.BaseDirectory;

    /// <summary>The main function of a worker: executes runs until its coordinator ends.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="requests">The handle of the pipe of requests.</param>
    /// <param name="replies">The handle of the pipe of replies.</param>
    /// <param name="location">The location in which runs start.</param>
    /// <param name="prefix">The prefix under which runs see the commands of this module; empty for none.</param>
    public static void Run(string path, string requests, string replies, string location, string prefix = "")
    {
        // Ctrl+C at the coordinator's terminal reaches the whole process group; the coordinator ends the workers.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        // A thread of its own: this one has the runspace of the shell in which the worker started.
        var thread = new Thread(() =>
        {
            using var worker = new SweepWorker(path, requests, replies);
            using var executor = new RunspaceExecutor(Path.Combine(ModuleFolder, "ReparamPS.psd1"), location, prefix);
            worker.Work(executor);
        });
        thread.Start();
        thread.Join();
    }

    /// <summary>The main function of a worker in the host.</summary>
    /// <param name="arguments">Those of Worker.ps1.</param>
    public static void Main(IReadOnlyList<string> arguments)
    {
        string Value(string name) => arguments[arguments.ToList().IndexOf(name) + 1];
        Run(Value("-Path"), Value("-Requests"), Value("-Replies"), Value("-Location"), arguments.Contains("-Prefix") ? Value("-Prefix") : "");
    }

    /// <summary>The main function of a task of a job array.</summary>
    /// <param name="path">The sweep's folder.</param>
    /// <param name="job">The file that says what the job's tasks do.</param>
    /// <param name="prefix">The prefix under which runs see the commands of this module; empty for none.</param>
    public static void RunTask(string path, string job, string prefix = "")
    {
        var description = SlurmJob.Read(job);
        SlurmTask.Run(path, description, () => Launch(description.Location, prefix));
    }

    /// <summary>How to start a task of a job array.</summary>
    /// <param name="prefix">The prefix under which runs see the commands of this module; empty for none.</param>
    internal static WorkerLaunch LaunchTask(string prefix) => Start("SweepTask.ps1", PrefixArguments(prefix));

    /// <summary>How to start a worker: in the shell of this process, so that runs find the user's commands; otherwise in the host or in pwsh.</summary>
    /// <param name="location">The location in which runs start.</param>
    /// <param name="prefix">The prefix under which runs see the commands of this module; empty for none.</param>
    /// <exception cref="SweepException">No program for workers was found.</exception>
    internal static WorkerLaunch Launch(string location, string prefix) => Start(WorkerScript, ["-Location", location, .. PrefixArguments(prefix)]);

    private static string[] PrefixArguments(string prefix) => prefix.Length == 0 ? [] : ["-Prefix", prefix];

    private static WorkerLaunch Start(string script, params string[] more)
    {
        string? entry = Assembly.GetEntryAssembly()?.Location;
        string program = Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } named ? named
            : Path.GetFileNameWithoutExtension(entry) is "pwsh" or HostName ? Running(entry!)
            : FindHost() ?? FindOnPath("pwsh")
            ?? throw new SweepException($"Worker processes need {HostName} or pwsh, and neither was found. Install PowerShell, or set the environment variable {ProgramVariable} to the path of one of them.");
        List<string> arguments = [];
        if (Path.GetExtension(program) == ".dll")
        {
            arguments.Add(program);
            string name = Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "";
            program = name == "dotnet" ? Environment.ProcessPath! : "dotnet";
        }
        if (string.Join(' ', [program, .. arguments]).Contains(HostName, StringComparison.Ordinal))
        {
            if (script == WorkerScript) return new WorkerLaunch(program, [.. arguments, "-Worker", .. more]);
        }
        else
        {
            arguments.AddRange(["-NoLogo", "-NoProfile", "-NonInteractive"]);
            if (OperatingSystem.IsWindows()) arguments.AddRange(["-ExecutionPolicy", "Bypass"]);
            arguments.Add("-File");
        }
        arguments.AddRange([Path.Combine(ModuleFolder, script), .. more]);
        return new WorkerLaunch(program, arguments);
    }

    private static string Running(string entry) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? entry : Environment.ProcessPath!;

    // Built in a folder above the module.
    private static string? FindHost()
    {
        for (DirectoryInfo? folder = new(ModuleFolder); folder is not null; folder = folder.Parent)
        {
            string built = Path.Combine(folder.FullName, "src", HostName, "bin");
            if (!Directory.Exists(built)) continue;
            return Directory.EnumerateFiles(built, HostName + ".dll", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).FirstOrDefault();
        }
        return null;
    }

    private static string? FindOnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name))
        .FirstOrDefault(File.Exists);
}
