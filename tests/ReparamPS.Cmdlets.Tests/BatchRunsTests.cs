using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Invoke-ExperimentSweep -BatchRuns: VAE runs that one process trains together return what they return one by one, whatever happens to the process.</summary>
[Collection(ModuleCollection.Name)]
public sealed class BatchRunsTests(ModuleRunspace module, SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Training = "-Command Invoke-VaeTraining -ThrottleLimit 2";

    // Columns that tell when, where and how fast.
    private static readonly HashSet<string> Circumstances = ["Seconds", "SamplesPerSecond", "RunSeconds", "Started", "Host", "Place"];

    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-batch-" + Path.GetRandomFileName());
    private Process? coordinator;

    private string Sweep => Path.Combine(folder, "sweep");

    private string Alone => Path.Combine(folder, "alone");

    public void Dispose()
    {
        if (coordinator is not null)
        {
            coordinator.Kill(entireProcessTree: true);
            coordinator.Dispose();
        }
        if (cluster.Missing is null) SlurmCluster.Run("scancel", "--name=reparamps-sweep");
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    private static string[] Figures(IEnumerable<PSObject> rows) => [.. rows.Select(row => string.Join(' ', row.Properties
        .Where(property => !Circumstances.Contains(property.Name)).Select(property => Convert.ToString(property.Value, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];

    private string[] Stored(string sweep) => Figures(module.Run($"Get-ExperimentRun '{sweep}' -Expand"));

    private static string Points(int epochs, string more = "") => $"New-ExperimentGrid @{{ Seed = 1..3; HiddenSize = 8; LatentSize = 2; Epochs = {epochs}; {more} }}";

    [Theory]
    [InlineData("LearningRate = 1e-3, 1e-2")]
    [InlineData("Beta = 1, 4; WeightDecay = 0, 0.1; Optimizer = 'adamw'")]
    [InlineData("BatchSize = 32, 64")]
    [InlineData("Posterior = 'fullnormal', 'Gamma'")]
    [InlineData("Binarization = 'dynamic'; Patience = 1; ValidationFraction = 0.2", "-ThreadsPerWorker 2")]
    public void Runs_of_a_batch_return_the_rows_that_they_return_one_by_one(string settings, string options = "")
    {
        string points = Points(2, settings), call = $"{Training} {options} -Expand";
        string[] batched = Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' {call} -BatchRuns 4"));
        string[] alone = Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Alone}' {call}"));
        Assert.NotEmpty(alone);
        Assert.Equal(alone, batched);
        Assert.Equal(alone, Stored(Sweep));
        Assert.Equal(alone, Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' {call}")));
    }

    [Fact]
    public void A_run_that_fails_leaves_the_rest_of_its_batch_alone()
    {
        string points = Points(2, "LearningRate = 1e-3, 1e30");
        PSObject[] batched = module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 6");
        Assert.Equal(Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Alone}' {Training}")), Figures(batched));
        Assert.Equal(3, batched.Count(row => (string)Value(row, "Status")! == "Done"));
        PSObject[] failed = [.. batched.Where(row => (string)Value(row, "Status")! == "Failed")];
        Assert.Equal(3, failed.Length);
        Assert.All(failed, row => Assert.Contains("diverged", (string)Value(row, "Message")!, StringComparison.OrdinalIgnoreCase));

        PSObject[] retried = module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 6 -Retry 1");
        Assert.Equal(["Done 1", "Done 1", "Done 1", "Failed 2", "Failed 2", "Failed 2"], retried.Select(row => $"{Value(row, "Status")} {Value(row, "Attempt")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_run_that_cannot_begin_fails_as_it_does_alone()
    {
        string points = $"{Points(1)}; {Points(1, "Activation = 'none'")}; {Points(1, "DataPath = 'missing.csv'")}";
        PSObject[] batched = module.Run($"& {{ {points} }} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 3");
        Assert.Equal(Figures(module.Run($"& {{ {points} }} | Invoke-ExperimentSweep '{Alone}' {Training}")), Figures(batched));
        Assert.Equal(6, batched.Count(row => (string)Value(row, "Status")! == "Failed"));
    }

    [Fact]
    public void A_batch_is_limited_by_the_number_of_runs_to_start()
    {
        module.Run($"{Points(1)} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 8 -MaxRuns 2");
        Assert.Equal(["Done", "Done", "Pending"], module.Run($"Get-ExperimentRun '{Sweep}'").Select(row => (string)Value(row, "Status")!).Order(StringComparer.Ordinal));
        PSObject[] rows = module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -BatchRuns 8");
        Assert.Equal(["Done", "Done", "Done"], rows.Select(row => (string)Value(row, "Status")!));
    }

    [Fact]
    public void Each_run_of_a_batch_has_the_time_limit_of_a_run()
    {
        PSObject[] rows = module.Run($"{Points(1_000_000)} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 8 -TimeoutSeconds 2");
        Assert.Equal(["TimedOut", "TimedOut", "TimedOut"], rows.Select(row => (string)Value(row, "Status")!));
        Assert.All(rows, row => Assert.Equal("The run took longer than 2 s (TimeoutSeconds) and was stopped.", (string)Value(row, "Message")!));
    }

    [Fact]
    public void The_first_failure_ends_a_sweep_that_is_to_stop()
    {
        // The others would train for minutes.
        string points = $"& {{ @{{ Seed = 4; HiddenSize = 8; LatentSize = 2; Epochs = 1000000; LearningRate = 1e30 }}; {Points(1_000_000)} }}";
        ErrorRecord error = module.Fails($"{points} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 8 -StopOnFailure", "SweepNotFinished");
        Assert.Contains(", which has the status Failed.", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Strategy SuccessiveHalving -Metric TestElbo -MaxBudget 4 -ReductionFactor 2", "")]
    [InlineData("-Pruner Median -Metric TestElbo -StartupRuns 1", "Epochs = 4;")]
    public void Strategies_and_pruners_work_on_batches(string options, string epochs)
    {
        string points = $"New-ExperimentGrid @{{ Seed = 1..3; HiddenSize = 8; LatentSize = 2; {epochs} LearningRate = 1e-2, 1e-4 }}";
        PSObject[] rows = module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' {Training} {options} -BatchRuns 3");
        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.Contains((string)Value(row, "Status")!, new[] { "Done", "Pruned" }));
        Assert.Contains(rows, row => (string)Value(row, "Status")! == "Done" && (double)Value(row, "LearningRate")! == 1e-2);
    }

    [Fact]
    public void A_pruner_decides_on_the_batch_of_one_thread_as_on_single_runs()
    {
        const string points = "New-ExperimentGrid @{ Seed = 1; HiddenSize = 4; Epochs = 6; LearningRate = 0.05, 0.01, 1e-5, 1e-6 }";
        foreach ((string sweep, int size) in new[] { (Sweep, 4), (Alone, 1) })
        {
            PSObject[] rows = module.Run($"{points} | Invoke-ExperimentSweep '{sweep}' -Command Invoke-VaeTraining -ThrottleLimit 1 -BatchRuns {size} -Pruner Median -Metric TestElbo -StartupRuns 2");
            Assert.Equal(["0.05 Done 6", "0.01 Done 6", "1E-05 Pruned 1", "1E-06 Pruned 1"], rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{Value(row, "LearningRate")} {Value(row, "Status")} {Value(row, "Epoch")}")));
        }
    }

    [Theory]
    [InlineData("@{ X = 1 } | Invoke-ExperimentSweep 'FOLDER' -BatchRuns 2 { 1 }", "BatchRuns requires the command Invoke-VaeTraining; the sweep runs { 1 }. Leave out -BatchRuns.")]
    [InlineData("@{ Seed = 1 } | Invoke-ExperimentSweep 'FOLDER' -BatchRuns 2 -Command Invoke-PolicyTraining", "BatchRuns requires the command Invoke-VaeTraining; the sweep runs Invoke-PolicyTraining. Leave out -BatchRuns.")]
    [InlineData("$null = @{ X = 1 } | Invoke-ExperimentSweep 'FOLDER' { 1 }; Invoke-ExperimentSweep 'FOLDER' -Resume -BatchRuns 2", "BatchRuns requires the command Invoke-VaeTraining; the sweep runs { 1 }. Leave out -BatchRuns.")]
    public void Other_commands_have_no_batches(string script, string message) =>
        Assert.StartsWith(message, module.Fails(script.Replace("FOLDER", Sweep, StringComparison.Ordinal), "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_kill_the_runs_continue_from_their_checkpoints_to_the_same_rows(bool killsCoordinator)
    {
        string points = Points(1000, "CheckpointEpochs = 100"), call = $"{points} | Invoke-ExperimentSweep '{Sweep}' {Training} -BatchRuns 3";
        string[] undisturbed = Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Alone}' {Training}"));
        Directory.CreateDirectory(folder);
        string script = Path.Combine(folder, "sweep.ps1");
        File.WriteAllText(script, $"$null = {call}");
        coordinator = HostProcess.Start(HostProcess.AssemblyPath, script);
        coordinator.BeginOutputReadLine();
        coordinator.BeginErrorReadLine();
        // Two runs are within their training.
        Assert.True(SpinWait.SpinUntil(() => Checkpoints().Length == 2, 120_000));
        using (Process victim = killsCoordinator ? Process.GetProcessById(coordinator.Id) : Worker()) victim.Kill();
        Assert.True(coordinator.WaitForExit(300_000));
        if (killsCoordinator)
        {
            Assert.NotEmpty(Checkpoints());
            Assert.Equal(undisturbed, Figures(module.Run(call)));
        }
        else
        {
            Assert.Equal(0, coordinator.ExitCode);
            Assert.Equal(undisturbed, Figures(module.Run($"Get-ExperimentRun '{Sweep}'")));
        }
    }

    [Fact]
    public void A_task_of_a_cluster_trains_batches()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
        PSObject[] rows = module.Run($"{Points(2)} | Invoke-ExperimentSweep '{Sweep}' -Command Invoke-VaeTraining -BatchRuns 3 -Engine Slurm -CpusPerTask 2 -TimeLimit 00:10:00");
        Assert.Equal(Figures(module.Run($"{Points(2)} | Invoke-ExperimentSweep '{Alone}' {Training}")), Figures(rows));
        // One batch is one task.
        Assert.Single(Directory.EnumerateFiles(Path.Combine(Sweep, "jobs"), "*_*.log"));
    }

    [Fact]
    public void A_task_that_must_end_stores_all_runs_of_its_batch_and_continues_them()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
        string points = Points(3000);
        string[] undisturbed = Figures(module.Run($"{points} | Invoke-ExperimentSweep '{Alone}' {Training}"));
        module.Run($"{points} | Invoke-ExperimentSweep '{Sweep}' -Command Invoke-VaeTraining -BatchRuns 3 -Engine Slurm -CpusPerTask 2 -TimeLimit 00:10:00 -NoWait");
        Assert.True(SpinWait.SpinUntil(() => Checkpoints().Length == 2, 120_000));
        string job = Path.GetFileNameWithoutExtension(Assert.Single(Directory.EnumerateFiles(Path.Combine(Sweep, "jobs"), "*.id")));
        DateTime noticed = DateTime.UtcNow;
        SlurmCluster.Run("scancel", "--batch", "--signal=USR1", job);
        Assert.True(SpinWait.SpinUntil(() => module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending") == 3, 60_000));
        Assert.All(Checkpoints(), file => Assert.InRange(File.GetLastWriteTimeUtc(file), noticed, DateTime.MaxValue));
        Assert.Equal(undisturbed, Figures(module.Run($"Receive-ExperimentSweep '{Sweep}' -Wait")));
    }

    private string[] Checkpoints() => Directory.Exists(Path.Combine(Sweep, "runs"))
        ? [.. Directory.EnumerateFiles(Path.Combine(Sweep, "runs"), "checkpoint.safetensors", SearchOption.AllDirectories).Where(file => !File.Exists(Path.Combine(Path.GetDirectoryName(file)!, "..", "result.jsonl")))]
        : [];

    private Process Worker()
    {
        using JsonDocument owner = JsonDocument.Parse(File.ReadAllText(Assert.Single(Directory.EnumerateFiles(Path.Combine(Sweep, "owners"), "*.json"))));
        // Both runs are in one process.
        return Process.GetProcessById(Assert.Single(owner.RootElement.GetProperty("Workers").EnumerateArray()).GetProperty("ProcessId").GetInt32());
    }
}
