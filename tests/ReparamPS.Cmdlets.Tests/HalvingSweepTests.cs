using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Sweeps whose runs are stopped before their end: by successive halving, Hyperband, or the median of the others.</summary>
[Collection(ModuleCollection.Name)]
public sealed class HalvingSweepTests(ModuleRunspace module, SlurmCluster cluster) : IClassFixture<SlurmCluster>, IDisposable
{
    private const string Points = "New-ExperimentGrid @{ X = 1..9 }";
    private const string Halving = "-Strategy SuccessiveHalving -Metric Loss -MaxBudget 9";
    private const string Hyperband = "-Strategy Hyperband -Metric Loss -MaxBudget 9";

    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-halving-" + Path.GetRandomFileName());

    private string Sweep => Path.Combine(folder, "sweep");

    // Goes on from its own checkpoint, notes each epoch that it really does, and gives all rows from the first on.
    private string Training => $$"""
        {
            $state = "$RunPath/state"; $done = 0
            if ([IO.File]::Exists($state)) { $done = [int][IO.File]::ReadAllText($state) }
            for ($epoch = $done + 1; $epoch -le $_.Epochs; $epoch++) {
                [IO.File]::AppendAllText('{{folder}}/' + $_.X, "$epoch ")
                [IO.File]::WriteAllText("$state.new", "$epoch"); [IO.File]::Move("$state.new", $state, $true)
            }
            foreach ($epoch in 1..$_.Epochs) { [pscustomobject]@{ Epoch = $epoch; Loss = [Math]::Abs($_.X - 6.2) + 1 / $epoch } }
        }
        """;

    private void Prepared()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private PSObject[] Run(string arguments, string? points = null) => module.Run($"{points ?? Points} | Invoke-ExperimentSweep '{Sweep}' {arguments}");

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    private static string[] Figures(IEnumerable<PSObject> rows) => [.. rows.Select(row => string.Join(' ', new[] { "RunId", "Status", "X", "Epochs", "Epoch", "Loss" }
        .Select(name => Convert.ToString(Value(row, name), CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];

    private string Trained(object? x) => File.ReadAllText(Path.Combine(folder, Convert.ToString(x, CultureInfo.InvariantCulture)!)).Trim();

    private static string EpochsTo(object? last) => string.Join(' ', Enumerable.Range(1, (int)last!));

    [Fact]
    public void A_run_goes_on_rung_by_rung_and_no_epoch_is_paid_twice_whatever_the_number_of_workers()
    {
        string[]? one = null;
        for (int workers = 1; workers <= 2; workers++)
        {
            Prepared();
            PSObject[] rows = Run($"{Halving} -ThrottleLimit {workers} {Training}");
            Assert.Equal([9, 3, 3, 1, 1, 1, 1, 1, 1], rows.Select(row => (int)Value(row, "Epochs")!).OrderDescending());
            Assert.All(rows, row => Assert.Equal(EpochsTo(Value(row, "Epochs")), Trained(Value(row, "X"))));
            PSObject done = Assert.Single(rows, row => Equals(Value(row, "Status"), "Done"));
            Assert.Equal((6, 9), (Value(done, "X"), Value(done, "Epoch")));
            Assert.Equal((1, 8, 0), (module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Done"), module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pruned"), module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending")));
            // All rows of a run: each epoch once.
            PSObject[] all = module.Run($"Get-ExperimentRun '{Sweep}' -Expand");
            Assert.Equal(rows.Sum(row => (int)Value(row, "Epochs")!), all.Length);
            one ??= Figures(all);
            Assert.Equal(one, Figures(all));

            // The same again runs nothing.
            Assert.Equal(Figures(rows), Figures(Run($"{Halving} -ThrottleLimit {workers} {Training}")));
            Assert.Equal(Figures(rows), Figures(module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume")));
            Assert.All(rows, row => Assert.Equal(EpochsTo(Value(row, "Epochs")), Trained(Value(row, "X"))));
        }
    }

    [Fact]
    public void A_plan_tells_the_rungs_and_what_they_cost()
    {
        PSObject plan = Assert.Single(Run("-Strategy Hyperband -Metric Loss -MaxBudget 27 -WhatIf { 1 }", "New-ExperimentGrid @{ X = 1..27 }"));
        Assert.Equal((27, 237L, 729L), (Value(plan, "ToRun"), Value(plan, "Cost"), Value(plan, "FullCost")));
        Assert.Equal(10, module.Get<int>($"(New-ExperimentGrid @{{ X = 1..27 }} | Invoke-ExperimentSweep '{Sweep}' -Strategy Hyperband -Metric Loss -MaxBudget 27 -WhatIf {{ 1 }}).Rungs.Count"));
        Assert.False(Directory.Exists(Sweep));
    }

    [Fact]
    public void Trainings_go_on_from_their_checkpoints_to_the_rows_of_a_training_that_was_never_stopped()
    {
        const string points = "New-ExperimentGrid @{ LearningRate = 1e-4, 1e-3, 1e-2; LatentSize = 2, 4, 8; HiddenSize = '16' }";
        PSObject[] rows = Run("-Command Invoke-VaeTraining -Strategy Hyperband -Metric TestElbo -Maximize -MaxBudget 9 -ThrottleLimit 2", points);
        Assert.Equal(9, rows.Length);
        Assert.All(rows, row => Assert.Equal(Value(row, "Epochs"), Value(row, "Epoch")));
        PSObject best = rows.Where(row => Equals(Value(row, "Status"), "Done")).MaxBy(row => (double)Value(row, "TestElbo")!)!;
        PSObject[] kept = module.Run($"Get-ExperimentRun '{Sweep}' -RunId {Value(best, "RunId")} -Expand");
        Assert.Equal(Enumerable.Range(1, 9), kept.Select(row => (int)Value(row, "Epoch")!));
        PSObject[] whole = module.Run(string.Create(CultureInfo.InvariantCulture, $"Invoke-VaeTraining -HiddenSize 16 -LearningRate {Value(best, "LearningRate")} -LatentSize {Value(best, "LatentSize")} -Epochs 9 -Seed 0"));
        // With as many threads as here sums may come out otherwise in the last digit.
        Assert.All(whole.Zip(kept), pair => Assert.Equal((double)Value(pair.First, "TestElbo")!, (double)Value(pair.Second, "TestElbo")!, 1e-4));
    }

    [Fact]
    public void Failures_and_numbers_that_are_none_rank_last_and_go_no_further()
    {
        Prepared();
        const string block = """
            {
                if ($_.X -eq 6) { throw 'six' }
                if ($_.X -eq 5) { [pscustomobject]@{ Loss = [double]::NaN }; return }
                if ($_.X -eq 4) { return }
                if ($_.X -eq 3 -and $_.Epochs -gt 1) { throw 'three' }
                [pscustomobject]@{ Loss = $_.X }
            }
            """;
        PSObject[] rows = [.. Run($"{Halving} -ThrottleLimit 2 {block}").OrderBy(row => Value(row, "X"))];
        Assert.Equal(["Done", "Pruned", "Failed", "Pruned", "Pruned", "Failed", "Pruned", "Pruned", "Pruned"], rows.Select(row => (string)Value(row, "Status")!));
        Assert.Equal(3, Value(rows[2], "Epochs"));
        Assert.Equal("three", Value(rows[2], "Message"));
    }

    [Fact]
    public void A_strategy_that_can_not_work_is_an_error_that_says_why()
    {
        Prepared();
        void Fails(string arguments, string says, string? points = null) =>
            Assert.Contains(says, module.Fails($"{points ?? Points} | Invoke-ExperimentSweep '{Sweep}' {arguments}", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Fails("-Strategy Hyperband -MaxBudget 9 { 1 }", "Metric");
        Fails("-Strategy Hyperband -Metric Loss { 1 }", "MaxBudget");
        Fails("-Strategy Hyperband -Metric Loss -MaxBudget 2 -MinBudget 5 { 1 }", "MinBudget");
        Fails($"{Halving} {{ 1 }}", "Epochs", "@{ X = 1; Epochs = 3 }");
        Fails($"{Halving} {{ param($X) 1 }}", "BudgetParameter");
        Fails($"{Halving} -Pruner Median {{ 1 }}", "Pruner");
        Fails("-Pruner Median { 1 }", "Metric");
        Fails("-MaxBudget 9 { 1 }", "MaxBudget requires -Strategy, such as -Strategy Hyperband.");
        Fails("-Pruner Median -Metric Loss -Minimize -Eta 3 { 1 }", "ReductionFactor requires -Strategy, such as -Strategy Hyperband.");
        Fails($"{Halving} -WarmupSteps 1 {{ 1 }}", "WarmupSteps requires -Pruner Median.");
        Assert.False(Directory.Exists(Sweep));

        Fails($"{Halving} -ThrottleLimit 1 {{ [pscustomobject]@{{ Lost = 1 }} }}", "no column 'Loss'; they have Lost");
        Assert.Equal(3, module.Get<int>($"@(Get-ExperimentRun '{Sweep}' | Where-Object Epochs).Count"));
        Run($"{Halving} -ThrottleLimit 1 {Training}");
        Fails($"-Strategy SuccessiveHalving -Metric Loss -MaxBudget 20 {Training}", "1, 3, 9");
        // A larger budget with the same rungs goes on.
        Assert.Equal(27, Run($"-Strategy SuccessiveHalving -Metric Loss -MaxBudget 27 -ThrottleLimit 1 {Training}").Max(row => (int)Value(row, "Epochs")!));
        Assert.Equal(EpochsTo(27), Trained(6));
    }

    [Fact]
    public void A_sweep_that_was_cut_short_goes_on_where_it_was()
    {
        Prepared();
        Run($"{Hyperband} -ThrottleLimit 1 {Training}");
        string[] undisturbed = Figures(module.Run($"Get-ExperimentRun '{Sweep}' -Expand"));
        Prepared();
        int calls = 0;
        for (int left = 1; left > 0; calls++)
        {
            Assert.True(calls < 20);
            Run($"{Hyperband} -ThrottleLimit 1 -MaxRuns 4 {Training}");
            left = module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending");
        }
        Assert.InRange(calls, 3, 10);
        Assert.Equal(undisturbed, Figures(module.Run($"Get-ExperimentRun '{Sweep}' -Expand")));
        Assert.All(module.Run($"Get-ExperimentRun '{Sweep}'"), row => Assert.Equal(EpochsTo(Value(row, "Epochs")), Trained(Value(row, "X"))));
    }

    [Fact]
    public void After_kills_of_the_coordinator_the_rows_are_those_of_a_sweep_never_disturbed()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable("REPARAMPS_KILLS") ?? "4", CultureInfo.InvariantCulture);
        Prepared();
        string slow = Training.Insert(1, $" [Threading.Thread]::Sleep([int][IO.File]::ReadAllText('{folder}/pause'));");
        string pause = Path.Combine(folder, "pause");
        File.WriteAllText(pause, "0");
        Run($"{Hyperband} -Retry 1000 -ThrottleLimit 2 {slow}");
        string[] undisturbed = Figures(module.Run($"Get-ExperimentRun '{Sweep}' -Expand"));
        Prepared();
        File.WriteAllText(pause, "400");
        string script = Path.Combine(folder, "sweep.ps1");
        File.WriteAllText(script, $"$null = {Points} | Invoke-ExperimentSweep '{Sweep}' {Hyperband} -Retry 1000 -ThrottleLimit 2 {slow}");
        var random = new Random(1);
        for (int killed = 0; killed < kills; killed++)
        {
            using Process coordinator = HostProcess.Start(HostProcess.AssemblyPath, script);
            int before = Results();
            SpinWait.SpinUntil(() => coordinator.HasExited || Results() > before, 120_000);
            if (coordinator.WaitForExit(random.Next(800))) break;
            coordinator.Kill();
            coordinator.WaitForExit();
        }
        File.WriteAllText(pause, "0");
        Run($"{Hyperband} -Retry 1000 -ThrottleLimit 2 {slow}");
        Assert.Equal(undisturbed, Figures(module.Run($"Get-ExperimentRun '{Sweep}' -Expand")));
        // An epoch was done twice only where a kill came between it and its checkpoint.
        Assert.All(module.Run($"Get-ExperimentRun '{Sweep}'"), row => Assert.InRange(Trained(Value(row, "X")).Split(' ').Length - (int)Value(row, "Epochs")!, 0, kills));

        int Results() => Directory.Exists(Sweep) ? Directory.EnumerateFiles(Sweep, "*.jsonl", SearchOption.AllDirectories).Count() : 0;
    }

    [Fact]
    public void Tasks_of_a_job_array_run_the_rungs_that_processes_of_this_machine_run()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
        Prepared();
        string[] slurm = Figures(Run($"{Hyperband} -Engine Slurm -MaxParallel 2 -TimeLimit 00:10:00 {Training}"));
        Assert.All(module.Run($"Get-ExperimentRun '{Sweep}'"), row => Assert.Equal(EpochsTo(Value(row, "Epochs")), Trained(Value(row, "X"))));
        SlurmCluster.WaitForTasks();
        Prepared();
        Assert.Equal(Figures(Run($"{Hyperband} -ThrottleLimit 1 {Training}")), slurm);
    }

    [Theory]
    [InlineData("Invoke-ExperimentSweep:MaxBudget")]
    [InlineData("invoke-*:eta")]
    [InlineData("*Sweep:WarmupSteps")]
    [InlineData("Invoke-ExperimentSweep:MaxParallel")]
    public void A_default_of_the_session_does_not_have_to_apply_to_each_sweep(string key)
    {
        const string points = "@{ X = 1 }, @{ X = 2 }";
        PSObject plan = Assert.Single(module.Run($"try {{ $PSDefaultParameterValues['{key}'] = 3; {points} | Invoke-ExperimentSweep '{Sweep}' -WhatIf {{ 1 }} }} finally {{ $PSDefaultParameterValues.Clear() }}"));
        Assert.Equal(2, Value(plan, "ToRun"));
    }

    [Fact]
    public void A_budget_cannot_change_the_stored_strategy_of_a_sweep_that_is_resumed()
    {
        Prepared();
        Run("-ThrottleLimit 1 { 1 }", "@{ X = 1 }");
        Assert.Contains("MaxBudget cannot be combined with Resume", module.Fails($"Invoke-ExperimentSweep '{Sweep}' -Resume -MaxBudget 9", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    // A sweep with a run of each of two commands ended: one without a strategy, whose run 2 fails, and one with a strategy.
    private void TwoParts()
    {
        Prepared();
        const string points = "New-ExperimentGrid @{ X = 1..4 }";
        Run("-ThrottleLimit 1 -MaxRuns 1 { if ($_.X -eq 2) { throw 'two' }; [pscustomobject]@{ Q = $_.X } }", points);
        Run($"{Halving} -ThrottleLimit 1 -MaxRuns 1 -WarningAction Ignore {{ [pscustomobject]@{{ Loss = $_.X / $_.Epochs }} }}", points);
    }

    private int Results() => Directory.EnumerateFiles(Sweep, "*.jsonl", SearchOption.AllDirectories).Count();

    [Fact]
    public void Limits_of_a_resumed_sweep_hold_for_its_plain_runs_and_its_strategies_together()
    {
        TwoParts();
        Assert.Equal(2, Results());
        // The run of the strategy waits at its first rung, and has not ended.
        Assert.Equal(1, Value(Assert.Single(module.Run($"Receive-ExperimentSweep '{Sweep}'")), "Q"));
        PSObject plan = Assert.Single(module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -WhatIf -MaxRuns 2"));
        Assert.Equal((8, 2, 1), (Value(plan, "Total"), Value(plan, "ToRun"), Value(plan, "Done")));
        module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -MaxRuns 1 -ThrottleLimit 1");
        Assert.Equal(3, Results());

        TwoParts();
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun($"Invoke-ExperimentSweep '{Sweep}' -Resume -StopOnFailure -ThrottleLimit 1");
        Assert.Single(errors);
        Assert.Equal(["Done", "Failed"], rows.Select(row => Value(row, "Status")));
        Assert.Equal(3, Results());

        TwoParts();
        // The last plain run ends when the sweep is asked to stop.
        rows = module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1 | ForEach-Object {{ $_; if ($_.X -eq 4) {{ Stop-ExperimentSweep '{Sweep}' }} }}");
        Assert.Equal(["Done", "Failed", "Done", "Done"], rows.Select(row => Value(row, "Status")));
        Assert.Equal(5, Results());
        // Then all the rest.
        Assert.Equal(8, module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1").Length);
        Assert.Equal(0, module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending"));
    }

    [Fact]
    public void A_resumed_sweep_continues_runs_of_earlier_points_of_the_same_command()
    {
        Prepared();
        Run($"{Halving} -ThrottleLimit 1 -MaxRuns 2 {Training}", "New-ExperimentGrid @{ X = 1..6 }");
        Run($"{Halving} -ThrottleLimit 1 {Training}", "New-ExperimentGrid @{ X = 7..9 }");
        Assert.Equal((4, 9), (module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending"), module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Total")));
        Assert.Equal(9, module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1").Length);
        // As if all points came from one call; run 7 was ahead already.
        PSObject[] rows = module.Run($"Get-ExperimentRun '{Sweep}'");
        Assert.Equal(["1 1 Pruned", "2 1 Pruned", "3 1 Pruned", "4 1 Pruned", "5 3 Pruned", "6 9 Done", "7 9 Done", "8 1 Pruned", "9 1 Pruned"], rows.Select(row => $"{Value(row, "X")} {Value(row, "Epochs")} {Value(row, "Status")}"));
        Assert.Equal(0, Value(Assert.Single(module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -WhatIf")), "ToRun"));
        Assert.Equal(0, module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pending"));
    }

    [Fact]
    public void A_sweep_that_was_resumed_does_not_mix_points_of_calls_that_had_all_ended()
    {
        Prepared();
        Run($"{Halving} -ThrottleLimit 1 {Training}", "New-ExperimentGrid @{ X = 1..3 }");
        Run($"{Halving} -ThrottleLimit 1 {Training}", "New-ExperimentGrid @{ X = 4..6 }");
        int results = Results();
        module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1");
        Assert.Equal(results, Results());
    }

    [Fact]
    public void A_job_array_continues_a_sweep_that_has_rungs_and_a_damaged_run()
    {
        if (cluster.Missing is not null) Assert.Skip(cluster.Missing);
        Prepared();
        Run($"{Halving} -ThrottleLimit 1 -MaxRuns 6 {Training}");
        string damaged = module.Get<string>($"(Get-ExperimentRun '{Sweep}' | Where-Object X -eq 7).RunId");
        File.WriteAllText(Path.Combine(Sweep, "runs", damaged, "run.json"), "{ \"Id\": ");
        PSObject[] rows = Run($"{Halving} -Engine Slurm -MaxParallel 1 {Training}");
        // Of the losses at one epoch, those of 6, 5 and 8 are the smallest without run 7.
        Assert.Equal(
            ["1 1 Pruned", "2 1 Pruned", "3 1 Pruned", "4 1 Pruned", "5 3 Pruned", "6 9 Done", "7  Failed", "8 3 Pruned", "9 1 Pruned"],
            rows.Select(row => $"{Value(row, "X")} {Value(row, "Epochs")} {Value(row, "Status")}").Order(StringComparer.Ordinal));
        SlurmCluster.WaitForTasks();
    }

    [Fact]
    public void A_pruner_stops_what_is_worse_than_the_median_and_keeps_its_rows()
    {
        Prepared();
        // Runs 1 to 4 are the first; from then on the median at each step is 2.5 and its like.
        const string arguments = "-Pruner Median -Metric Loss -StartupRuns 4 -WarmupSteps 1 -ThrottleLimit 1 { foreach ($step in 1..4) { try { [pscustomobject]@{ Step = $step; Loss = [Math]::Abs($_.X - 0.5) / $step } } catch { } } }";
        PSObject[] rows = Run(arguments, "'1', '2', '3', '4', '9', '0.7' | ForEach-Object { @{ X = [double]$_ } }");
        Assert.Equal(["Done", "Done", "Done", "Done", "Pruned", "Done"], rows.Select(row => (string)Value(row, "Status")!));
        Assert.Equal(2, Value(rows[4], "Step"));
        Assert.Equal(2, module.Run($"Get-ExperimentRun '{Sweep}' -Status Pruned -Expand").Length);
        Assert.Equal(1, module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Pruned"));
        Assert.Equal(0, Value(Assert.Single(module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -WhatIf")), "ToRun"));

        // At its last epoch a run is done, although it is worse there.
        const string worseAtLast = "-Pruner Median -Metric Loss -Minimize -StartupRuns 1 -ThrottleLimit 1 { foreach ($epoch in 1..3) { [pscustomobject]@{ Epoch = $epoch; Loss = [Math]::Max($_.X, 1 / $epoch) } } }";
        Assert.Equal(["Done 3", "Done 3", "Pruned 3"], Run(worseAtLast, "@{ X = 0.0; Epochs = 3 }, @{ X = 0.5; Epochs = 3 }, @{ X = 0.5; Epochs = 9 }").Select(row => $"{Value(row, "Status")} {Value(row, "Epoch")}"));

        PSObject training = Run("-Command Invoke-VaeTraining -Pruner Median -Metric TestElbo -Maximize -StartupRuns 1 -ThrottleLimit 1", "@{ HiddenSize = '16'; Epochs = 4; LearningRate = 3e-3 }, @{ HiddenSize = '16'; Epochs = 4; LearningRate = 1e-6 }")[1];
        Assert.Equal(("Pruned", 1), (Value(training, "Status"), Value(training, "Epoch")));
    }

    // Otherwise the best runs would fail when the strategy continues them.
    [Theory]
    [InlineData("LearningRateSchedule = 'constant', 'cosine'", "-MaxBudget 3", "LearningRateSchedule 'cosine' spans all epochs of a run, but -Strategy continues runs with more epochs. Add the length of the schedule to the points, such as ScheduleEpochs = 3 (MaxBudget).")]
    [InlineData("KlWarmup = 'cyclic'; ScheduleEpochs = 0", "-MaxBudget 9", "KlWarmup 'cyclic' spans all epochs of a run, but -Strategy continues runs with more epochs. Add the length of the schedule to the points, such as ScheduleEpochs = 9 (MaxBudget).")]
    [InlineData("KlWarmup = 'cyclic'; ScheduleEpochs = 3", "-MaxBudget 3", null)]
    [InlineData("LearningRateSchedule = 'constant'; KlWarmup = 'linear'", "-MaxBudget 3", null)]
    [InlineData("LearningRateSchedule = 'cosine'", "-MaxBudget 3 -MinBudget 3", null)]
    [InlineData("LearningRateSchedule = 'unknown'", "-MaxBudget 3", null)]
    public void A_schedule_over_all_epochs_is_refused_before_a_strategy_starts(string settings, string budgets, string? message)
    {
        string call = $"New-ExperimentGrid @{{ LatentSize = 2, 3; {settings} }} | Invoke-ExperimentSweep '{Sweep}' -Command Invoke-VaeTraining -Strategy SuccessiveHalving -Metric TestElbo {budgets} -WhatIf";
        if (message is null) Assert.True((int)Assert.Single(module.Run(call)).Properties["ToRun"].Value > 1);
        else Assert.Equal(message, module.Fails(call, "InvalidArgument").ToString());
        Assert.False(Directory.Exists(Sweep));
    }
}
