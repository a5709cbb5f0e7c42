using ReparamPS.Tests;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Sweeps whose processes are killed, that are started twice, or whose disk fails them. Coordinators are processes of their own.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepSurvivalTests(ModuleRunspace module) : IDisposable
{
    private const int Runs = 30;

    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-survival-" + Path.GetRandomFileName());
    private readonly List<Process> started = [];

    private static int Kills { get; } = int.Parse(Environment.GetEnvironmentVariable("REPARAMPS_KILLS") ?? "10", CultureInfo.InvariantCulture);

    private string Sweep => Path.Combine(folder, "a sweep");

    // What runs are told: how long to take, in how many attempts the first one is to end its worker, how many runs may end. In a file, since the script's text is part of a run's name.
    private string Orders => Path.Combine(folder, "orders");

    private string Begun => Path.Combine(folder, "begun");

    private string Ended => Path.Combine(folder, "ended");

    public void Dispose()
    {
        foreach (Process process in started)
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    // Each run notes that it began, does as it is told, and gives figures that depend on its settings alone.
    private string Script => $$"""
        New-ExperimentGrid @{ X = 1..{{Runs}} } | Invoke-ExperimentSweep '{{Sweep}}' -ThrottleLimit 2 -Retry 1000 {
            [IO.File]::AppendAllText('{{Begun}}/' + $_.X, 'x')
            $pause, $deaths, $null = [IO.File]::ReadAllText('{{Orders}}').Split(' ')
            [Threading.Thread]::Sleep([int]$pause)
            if ($_.X -eq 1 -and [IO.FileInfo]::new('{{Begun}}/1').Length -le [int]$deaths) { [Environment]::Exit(3) }
            while ([IO.Directory]::GetFiles('{{Ended}}').Length -ge [int][IO.File]::ReadAllText('{{Orders}}').Split(' ')[2]) { [Threading.Thread]::Sleep(20) }
            [IO.File]::WriteAllText('{{Ended}}/' + $_.X, '')
            foreach ($i in 1..3) { [pscustomobject]@{ Step = $i; Y = [Math]::Sin($_.X) / $i } }
        }
        """;

    private void Order(int pause = 0, int deaths = 0, int most = int.MaxValue)
    {
        Directory.CreateDirectory(Begun);
        Directory.CreateDirectory(Ended);
        File.WriteAllText(Orders + ".new", string.Create(CultureInfo.InvariantCulture, $"{pause} {deaths} {most}"));
        File.Move(Orders + ".new", Orders, overwrite: true);
    }

    private Process StartCoordinator()
    {
        string script = Path.Combine(folder, "sweep.ps1");
        File.WriteAllText(script, $"$null = {Script}");
        Process process = HostProcess.Start(HostProcess.AssemblyPath, script);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        started.Add(process);
        return process;
    }

    private int[] Workers()
    {
        string owners = Path.Combine(Sweep, "owners");
        if (!Directory.Exists(owners)) return [];
        List<int> workers = [];
        foreach (string file in Directory.EnumerateFiles(owners, "*.json"))
        {
            using JsonDocument owner = JsonDocument.Parse(File.ReadAllText(file));
            workers.AddRange(owner.RootElement.GetProperty("Workers").EnumerateArray().Select(worker => worker.GetProperty("ProcessId").GetInt32()));
        }
        return [.. workers];
    }

    private static bool Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
            return true;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsAlive(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private string[] Rows() => [.. module.Run($"Get-ExperimentRun '{Sweep}' -Expand")
        .Select(row => string.Join(' ', new[] { "RunId", "Status", "X", "Step", "Y" }.Select(name => Convert.ToString(row.Properties[name]?.Value, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];

    [Fact]
    public void After_kills_of_workers_and_coordinators_the_rows_are_those_of_a_sweep_never_disturbed()
    {
        Order();
        module.Run(Script);
        string[] undisturbed = Rows();
        Assert.Equal(3 * Runs, undisturbed.Length);
        Directory.Delete(Sweep, recursive: true);
        Directory.Delete(Ended, recursive: true);

        var random = new Random(20261124);
        Process? coordinator = null;
        int kills = 0;
        long clock = Stopwatch.GetTimestamp();
        while (kills < Kills)
        {
            Assert.True(Stopwatch.GetElapsedTime(clock) < TimeSpan.FromSeconds(30 * Kills));
            // Runs get done all along, and are not all done before the last kill.
            Order(pause: 100, most: (Runs - 3) * kills / Kills);
            if (coordinator is null || coordinator.HasExited)
            {
                coordinator = StartCoordinator();
                Assert.True(SpinWait.SpinUntil(() => coordinator.HasExited || Workers().Length > 0, 300_000));
            }
            Thread.Sleep(random.Next(1500));
            int victim = random.Next(3);
            int[] workers = Workers();
            if (victim != 1 && workers.Length > 0 && Kill(workers[random.Next(workers.Length)])) kills++;
            if (victim == 0 || coordinator.HasExited) continue;
            coordinator.Kill();
            coordinator.WaitForExit();
            kills++;
            Assert.True(SpinWait.SpinUntil(() => !workers.Any(IsAlive), 60_000), "Workers outlive their coordinator.");
        }
        Order();
        module.Run(Script);
        Assert.Equal(undisturbed, Rows());
        Assert.DoesNotContain(Directory.EnumerateFiles(Sweep, "*.tmp", SearchOption.AllDirectories), file => file.Contains("result", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_coordinators_on_one_folder_share_the_work_and_both_give_all_rows()
    {
        Order(pause: 200);
        Process other = StartCoordinator();
        PSObject[] rows = module.Run(Script);
        Assert.Equal(Runs, rows.Length);
        Assert.True(other.WaitForExit(300_000));
        Assert.Equal(0, other.ExitCode);
        Assert.All(Directory.GetFiles(Begun), file => Assert.Equal(1, new FileInfo(file).Length));
        Assert.Equal(Runs, Directory.GetFiles(Begun).Length);
    }

    [Fact]
    public void A_coordinator_that_waits_for_another_waits_until_that_has_tried_again()
    {
        Order(pause: 20, deaths: 5);
        Process other = StartCoordinator();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(Begun, "1")), 300_000));
        PSObject[] rows = module.Run(Script);
        Assert.Equal(Runs, rows.Length);
        Assert.All(rows, row => Assert.Equal("Done", row.Properties["Status"].Value));
        Assert.True(other.WaitForExit(300_000));
        Assert.Equal(0, other.ExitCode);
        Assert.Equal(6, new FileInfo(Path.Combine(Begun, "1")).Length);
    }

    [Fact]
    public void A_full_disk_ends_the_sweep_with_an_error_and_what_was_done_stays_done()
    {
        using var disk = MountedDisk.Create(folder, "size=200k");
        ErrorRecord error = module.Fails($"New-ExperimentGrid @{{ X = 1..40 }} | Invoke-ExperimentSweep '{disk.Path}/sweep' -ThrottleLimit 1 {{ [pscustomobject]@{{ Text = 'y' * 20000 }} }}", "InputOutput");
        Assert.Contains("space", error.ToString(), StringComparison.OrdinalIgnoreCase);
        int done = module.Get<int>($"(Get-ExperimentSweep '{disk.Path}/sweep').Done");
        Assert.InRange(done, 0, 12);

        disk.Remount("size=20m");
        PSObject[] rows = module.Run($"New-ExperimentGrid @{{ X = 1..40 }} | Invoke-ExperimentSweep '{disk.Path}/sweep' -ThrottleLimit 1 {{ [pscustomobject]@{{ Text = 'y' * 20000 }} }}");
        Assert.Equal(40, rows.Length);
        Assert.All(rows, row => Assert.Equal("Done", row.Properties["Status"].Value));
    }

    [Fact]
    public void A_read_only_folder_can_be_read_and_says_why_it_can_not_be_run_in()
    {
        using var disk = MountedDisk.Create(folder, "size=2m");
        string sweep = $"Invoke-ExperimentSweep '{disk.Path}/sweep' -ThrottleLimit 1 {{ [pscustomobject]@{{ Y = 1 }} }}";
        module.Run($"@{{ X = 1 }} | {sweep}");
        disk.Remount("ro");
        Assert.Equal(1, module.Get<int>($"(Get-ExperimentRun '{disk.Path}/sweep').Y"));
        Assert.Single(module.Run($"@{{ X = 1 }} | {sweep}"));
        ErrorRecord error = module.Fails($"@{{ X = 2 }} | {sweep}", "InputOutput");
        Assert.Contains("read-only", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
