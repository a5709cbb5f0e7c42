using System.Globalization;
using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class SlurmSweepTests(ModuleRunspace module, SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Points = "New-ExperimentGrid @{ X = 1..6 }";

    // A space, a quote and a percent sign: what shells and schedulers stumble over.
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"reparamps 'slurm' %j {Path.GetRandomFileName()}");

    private string Quoted => $"'{folder.Replace("'", "''", StringComparison.Ordinal)}'";

    public void Dispose()
    {
        // Tasks that are left must not take the node from the next test.
        if (cluster.Missing is null) SlurmCluster.Run("scancel", "--name=reparamps-sweep");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static string[] Figures(IEnumerable<PSObject> rows) => [.. rows.Select(row => string.Join(' ', new[] { "RunId", "Status", "X", "Y" }
        .Select(name => Convert.ToString(row.Properties[name]?.Value, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];

    private int Count(string state) => module.Get<int>($"(Get-ExperimentSweep {Quoted}).{state}");

    private void SkipWithoutSlurm()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
    }

    // Something happens to a sweep while its third run waits to be released; all its rows come all the same.
    private void DisturbedIn(Action<Action> disturb)
    {
        SkipWithoutSlurm();
        string hold = folder + ".hold";
        File.WriteAllText(hold, "");
        try
        {
            module.Run($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm -MaxParallel 1 -NoWait {{ while ([IO.File]::Exists('{hold.Replace("'", "''", StringComparison.Ordinal)}') -and $_.X -eq 3) {{ [Threading.Thread]::Sleep(100) }}; [pscustomobject]@{{ Y = $_.X }} }}");
            Assert.True(SpinWait.SpinUntil(() => Count("Done") == 2 && Count("Running") == 1, 300_000));
            disturb(() => File.Delete(hold));
            PSObject[] rows = module.Run($"Receive-ExperimentSweep {Quoted} -Wait");
            Assert.Equal(Enumerable.Range(1, 6), rows.Select(row => (int)row.Properties["Y"].Value).Order());
            Assert.All(rows, row => Assert.Equal("Done", row.Properties["Status"].Value));
        }
        finally
        {
            File.Delete(hold);
        }
    }

    [Fact]
    public void A_job_array_gives_the_rows_that_processes_of_this_machine_give()
    {
        SkipWithoutSlurm();
        const string block = "{ if ($_.X -eq 4) { throw 'four' }; [pscustomobject]@{ Y = [Math]::Sin($_.X) } }";
        PSObject[] rows = module.Run($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm -MaxParallel 2 -TimeLimit 00:10:00 {block}");
        PSObject[] again = module.Run($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm {block}");
        SlurmCluster.WaitForTasks();
        Directory.Delete(folder, recursive: true);
        PSObject[] local = module.Run($"{Points} | Invoke-ExperimentSweep {Quoted} -ThrottleLimit 2 {block}");
        Assert.Equal(Figures(local), Figures(rows));
        Assert.Equal(Figures(local), Figures(again));
        Assert.Single(rows, row => Equals(row.Properties["Message"].Value, "four"));
    }

    [Fact]
    public void A_task_that_is_queued_again_in_the_middle_of_a_run_leaves_no_trace_in_the_rows() => DisturbedIn(release =>
    {
        string job = Path.GetFileNameWithoutExtension(Directory.GetFiles(Path.Combine(folder, "jobs"), "*.id").Single());
        SlurmCluster.Run("scontrol", "requeue", job + "_0");
        // It waits for cred_expire before it starts again. Started earlier, Slurm may refuse it: its credential counts as revoked.
        release();
    });

    [Fact]
    public void A_time_limit_that_hits_queues_the_task_again_and_its_run_with_it()
    {
        SkipWithoutSlurm();
        // The first attempt holds its run until the limit's notice ends it, and leaves what it has in its finally block; the second finds the file and goes through.
        string seen = folder + ".seen", kept = folder + ".kept";
        static string Literal(string path) => $"'{path.Replace("'", "''", StringComparison.Ordinal)}'";
        try
        {
            PSObject[] rows = module.Run(
                $"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep {Quoted} -Engine Slurm -MaxParallel 1 -TimeLimit 00:01:00 {{ $file = {Literal(seen)}; $kept = {Literal(kept)}; "
                + "if ($_.X -eq 2 -and -not [IO.File]::Exists($file)) { [IO.File]::WriteAllText($file, ''); try { while ($true) { [Threading.Thread]::Sleep(100) } } finally { [IO.File]::WriteAllText($kept, '') } }; [pscustomobject]@{ Y = $_.X; Restarts = $env:SLURM_RESTART_COUNT } }");
            Assert.Equal([1, 2], rows.Select(row => (int)row.Properties["Y"].Value).Order());
            Assert.All(rows, row => Assert.Equal("Done", row.Properties["Status"].Value));
            Assert.NotNull(Assert.Single(rows, row => Equals(row.Properties["Y"].Value, 2)).Properties["Restarts"].Value);
            Assert.True(File.Exists(kept));
        }
        finally
        {
            File.Delete(kept);
            File.Delete(seen);
        }
    }

    [Fact]
    public void A_node_whose_daemon_is_killed_and_comes_back_loses_no_run() => DisturbedIn(release =>
    {
        cluster.RestartNode();
        release();
    });

    [Fact]
    public void Stopping_cancels_the_job_and_leaves_a_sweep_that_goes_on()
    {
        SkipWithoutSlurm();
        module.Run($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm -MaxParallel 1 -NoWait {{ while ($_.X -eq 2 -and $env:SLURM_JOB_ID) {{ [Threading.Thread]::Sleep(100) }}; [pscustomobject]@{{ Y = $_.X }} }}");
        Assert.True(SpinWait.SpinUntil(() => Count("Running") == 1 && Count("Done") == 1, 300_000));
        Assert.Equal("1 RUNNING", module.Get<string>($"(Get-ExperimentSweep {Quoted}).Jobs"));
        module.Run($"Stop-ExperimentSweep {Quoted}");
        Assert.True(SpinWait.SpinUntil(() => module.Get<string>($"(Get-ExperimentSweep {Quoted}).Jobs") is "" or "1 COMPLETING" && Count("Running") == 0, 60_000));
        Assert.Equal(5, Count("Pending"));
        Assert.Equal(6, module.Run($"Invoke-ExperimentSweep {Quoted} -Resume").Length);
    }

    [Fact]
    public void Slurm_without_a_cluster_is_an_error_that_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for sbatch is a shell script.");
        string? path = Environment.GetEnvironmentVariable("PATH");
        string programs = Directory.CreateTempSubdirectory("reparamps-sbatch-").FullName, sbatch = Path.Combine(programs, "sbatch");
        File.WriteAllText(sbatch, "#!/bin/sh\necho 'sbatch: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host' >&2\nexit 1\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sbatch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            Environment.SetEnvironmentVariable("PATH", $"{programs}:{path}");
            string error = module.Fails($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm {{ 1 }}", "SweepNotFinished").ToString();
            Assert.EndsWith("Unknown host. Slurm is installed here, but knows no cluster: it has no slurm.conf. Use -Engine Local, or a machine that can submit jobs.", error, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            Directory.Delete(programs, recursive: true);
        }
    }

    [Fact]
    public void Without_Slurm_there_is_one_error_that_says_so()
    {
        string? path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", Path.GetDirectoryName(Environment.ProcessPath) is { } own && !File.Exists(Path.Combine(own, "sbatch")) ? own : "/nowhere");
            ErrorRecord error = module.Fails($"{Points} | Invoke-ExperimentSweep {Quoted} -Engine Slurm {{ 1 }}", "SweepNotFinished");
            Assert.Contains("sbatch", error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
