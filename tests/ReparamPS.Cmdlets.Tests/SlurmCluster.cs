using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>A Slurm cluster of one node on this machine, from Debian's packages, with ports and folders of its own. Where it can't be started, <see cref="Missing"/> says why.</summary>
public sealed class SlurmCluster : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-slurm-" + Path.GetRandomFileName());
    private readonly List<string> processFiles = [];

    public SlurmCluster()
    {
        if (Environment.GetEnvironmentVariable("REPARAMPS_TEST_SLURM") != "1")
        {
            Missing = "Tests on Slurm start a cluster of one node: set REPARAMPS_TEST_SLURM=1 to run them.";
            return;
        }
        string? absent = new[] { "munged", "slurmctld", "slurmd", "sbatch", "squeue" }.FirstOrDefault(program => Find(program) is null);
        if (absent is not null)
        {
            Missing = $"Slurm is not on this machine: {absent} was not found (apt-get install slurm-wlm munge).";
            return;
        }
        if (OperatingSystem.IsWindows() || Environment.UserName != "root")
        {
            Missing = "A Slurm cluster for tests can be started by root only.";
            return;
        }
        try
        {
            Start();
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            Missing = $"A Slurm cluster can't be started here: {error.Message}";
            Dispose();
        }
    }

    /// <summary>Why there is no cluster; null where there is one.</summary>
    public string? Missing { get; private set; }

    /// <summary>Runs one of Slurm's programs.</summary>
    public static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find(program)!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {errors.Result}{output.Result}");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("SLURM_CONF", null);
        foreach (string file in Enumerable.Reverse(processFiles).Where(File.Exists))
        {
            if (!int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out int id)) continue;
            try
            {
                using Process process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit(5000);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                // It has ended already.
            }
        }
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits for the tasks of sweeps to end, which may be a moment behind their last rows: one that is left would join the next sweep in its folder.</summary>
    public static void WaitForTasks() => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            Thread.Sleep(200);
            return string.IsNullOrWhiteSpace(Run("squeue", "--noheader", "--name=reparamps-sweep"));
        },
        120_000), "The tasks of a sweep did not end.");

    /// <summary>Kills the daemon that runs tasks, and starts it again.</summary>
    public void RestartNode()
    {
        using (Process daemon = Process.GetProcessById(int.Parse(File.ReadAllText(In("run/slurmd.pid")), CultureInfo.InvariantCulture)))
        {
            daemon.Kill();
            daemon.WaitForExit();
        }
        File.Delete(In("run/slurmd.pid"));
        StartDaemon("slurmd", "-f", In("slurm.conf"), "-N", "localhost");
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string In(string name) => Path.Combine(folder, name);

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void Start()
    {
        foreach (string name in new[] { "", "state", "spool", "run" }) Directory.CreateDirectory(In(name));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        File.WriteAllBytes(In("munge.key"), RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(In("munge.key"), UnixFileMode.UserRead);
        string conf = In("slurm.conf");
        File.WriteAllText(conf, Configuration());

        processFiles.AddRange([In("run/munged.pid"), In("run/slurmctld.pid"), In("run/slurmd.pid")]);
        Run("munged", $"--key-file={In("munge.key")}", $"--socket={In("run/munge.socket")}", $"--pid-file={In("run/munged.pid")}", $"--log-file={In("munged.log")}", $"--seed-file={In("munge.seed")}");
        Environment.SetEnvironmentVariable("SLURM_CONF", conf);
        StartDaemon("slurmctld", "-f", conf);
        StartDaemon("slurmd", "-f", conf, "-N", "localhost");
        if (!SpinWait.SpinUntil(IsIdle, 60_000)) throw new InvalidOperationException("its node did not become idle.");
        // A machine may let the daemons start and yet no job run.
        string proof = In("proof");
        Run("sbatch", "--output=/dev/null", "--chdir=/", $"--wrap=touch '{proof}'");
        if (!SpinWait.SpinUntil(() => File.Exists(proof) && IsIdle(), 60_000)) throw new InvalidOperationException("it did not run a job.");
    }

    // A daemon keeps the streams of the process that started it open, so none is waited for.
    private static void StartDaemon(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Find(program)!, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}.");
    }

    private static bool IsIdle()
    {
        try
        {
            Thread.Sleep(200);
            return Run("sinfo", "--noheader", "--format=%t").Trim() == "idle";
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private string Configuration() => $"""
        ClusterName=reparamps
        SlurmctldHost=localhost(127.0.0.1)
        SlurmUser=root
        SlurmdUser=root
        AuthType=auth/munge
        AuthInfo=socket={In("run/munge.socket")},cred_expire=5
        CredType=cred/munge
        CommunicationParameters=NoInAddrAny
        SlurmctldPort={FreePort()}
        SlurmdPort={FreePort()}
        StateSaveLocation={In("state")}
        SlurmdSpoolDir={In("spool")}
        SlurmctldPidFile={In("run/slurmctld.pid")}
        SlurmdPidFile={In("run/slurmd.pid")}
        SlurmctldLogFile={In("slurmctld.log")}
        SlurmdLogFile={In("slurmd.log")}
        ProctrackType=proctrack/linuxproc
        TaskPlugin=task/none
        SelectType=select/cons_tres
        SelectTypeParameters=CR_Core
        MpiDefault=none
        SwitchType=switch/none
        AccountingStorageType=accounting_storage/none
        JobAcctGatherType=jobacct_gather/none
        ReturnToService=2
        KillWait=5
        MinJobAge=60
        SchedulerParameters=batch_sched_delay=0,sched_interval=2
        NodeName=localhost NodeHostname={Dns.GetHostName()} NodeAddr=127.0.0.1 CPUs={Environment.ProcessorCount} RealMemory=4000 State=UNKNOWN
        PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP

        """;
}
