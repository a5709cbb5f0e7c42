using System.Diagnostics;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Sweep folders are data: what was changed or damaged is reported and not run. Also exit codes, edited scripts, and columns.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepSafetyTests(ModuleRunspace module) : IDisposable
{
    private const string Points = "New-ExperimentGrid @{ X = 1..3 }";

    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-safety-" + Path.GetRandomFileName());

    private string Sweep => Path.Combine(folder, "sweep");

    // Notes each execution in a file.
    private string Block => $"{{ [IO.File]::AppendAllText('{folder}/' + $_.X, 'x'); [pscustomobject]@{{ Y = $_.X }} }}";

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    private (PSObject[] Rows, string[] Warnings) RunWithWarnings(string script)
    {
        PSObject[] all = module.Run($"& {{ {script} }} 3>&1");
        return ([.. all.Where(item => item.BaseObject is not WarningRecord)], [.. all.Select(item => item.BaseObject).OfType<WarningRecord>().Select(warning => warning.Message)]);
    }

    // A sweep whose runs exist and are all pending.
    private string[] Pending()
    {
        Directory.CreateDirectory(folder);
        module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 -MaxRuns 1 {Block}");
        PSObject[] runs = [.. module.Run($"Get-ExperimentRun '{Sweep}'").OrderBy(row => Value(row, "X"))];
        Assert.Equal(["Done", "Pending", "Pending"], runs.Select(run => Value(run, "Status")));
        return [.. runs.Select(run => (string)Value(run, "RunId")!)];
    }

    private string FileOf(string id, string name) => Path.Combine(Sweep, "runs", id, name);

    private static void Edit(string path, Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    [Fact]
    public void A_wrong_setting_of_the_points_is_refused_once_with_the_parameters()
    {
        string[] Messages(string points, string sweep) => [.. module.TryRun($"{points} | Invoke-ExperimentSweep '{Sweep}' {sweep} -WarningVariable seen -WarningAction SilentlyContinue").Errors.Select(error => error.Exception.Message.Split(" (Parameter")[0])];
        Assert.Equal(["The setting X is not a parameter of the script block, so points with it are not run. The parameters of the script block: B."], Messages(Points, "{ param($B) $B }"));
        Assert.Equal(["The setting X is not a parameter of Import-VaeModel, so points with it are not run. The parameters of Import-VaeModel: Path, Device."], Messages(Points, "-Command Import-VaeModel"));
        string budget = Assert.Single(Messages("New-ExperimentGrid @{ X = 1; Epochs = 1, 2 }", "{ $_.X } -Strategy Hyperband -Metric Loss -MaxBudget 9"));
        Assert.StartsWith("The setting Epochs must not be in the points, because the strategy sets it.", budget, StringComparison.Ordinal);
        Assert.Equal("", module.Get<string>("\"$seen\""));
    }

    [Fact]
    public void A_run_whose_settings_or_command_were_changed_fails_with_the_reason_and_does_not_execute()
    {
        string[] ids = Pending();
        Edit(FileOf(ids[1], "run.json"), json => json["Settings"]!["X"] = 7);
        Edit(FileOf(ids[2], "run.json"), json => json["Command"] = "0123456789abcdef");
        PSObject[] rows = [.. module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {Block}").OrderBy(row => Value(row, "X"))];
        Assert.Equal(["Done", "Failed", "Failed"], rows.Select(row => Value(row, "Status")));
        Assert.All(rows[1..], row => Assert.Matches("run.json.*changed after the run was created.*delete its folder and repeat the command", (string)Value(row, "Message")!));
        Assert.False(File.Exists(Path.Combine(folder, "2")) || File.Exists(Path.Combine(folder, "3")) || File.Exists(Path.Combine(folder, "7")));
    }

    [Fact]
    public void A_changed_command_is_not_run_on_resume_and_is_replaced_by_the_command_of_a_caller()
    {
        Pending();
        string command = Assert.Single(Directory.EnumerateFiles(Path.Combine(Sweep, "commands")));
        Edit(command, json => json["Text"] = $" [IO.File]::WriteAllText('{folder}/evil', '') ");
        PSObject[] rows = module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1");
        Assert.Equal(2, rows.Count(row => Equals(Value(row, "Status"), "Failed") && ((string)Value(row, "Message")!).Contains(Path.GetFileName(command), StringComparison.Ordinal)));
        Assert.All(rows.Select(row => (string?)Value(row, "Message")).OfType<string>(), message => Assert.EndsWith("Repeat the command of the sweep with -Retry 1, which writes the file again and retries the runs that failed.", message, StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(folder, "evil")));

        rows = module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -Retry 1 -ThrottleLimit 1 {Block}");
        Assert.All(rows, row => Assert.Equal("Done", Value(row, "Status")));
        Assert.False(File.Exists(Path.Combine(folder, "evil")));
    }

    [Fact]
    public void A_sweep_whose_mark_was_deleted_is_answered_with_what_writes_it_again()
    {
        Pending();
        File.Delete(Path.Combine(Sweep, "sweep.json"));
        Assert.EndsWith("it has no sweep.json. If the file was deleted, repeat the command of the sweep, which writes it again.", module.Fails($"Get-ExperimentRun '{Sweep}'", "InvalidData").ToString(), StringComparison.Ordinal);
        // Also if nothing is left to run.
        module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {Block}");
        File.Delete(Path.Combine(Sweep, "sweep.json"));
        module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {Block}");
        Assert.Equal(3, module.Run($"Get-ExperimentRun '{Sweep}'").Length);
        Assert.EndsWith("it has no sweep.json.", module.Fails($"Get-ExperimentRun '{folder}'", "InvalidData").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_mark_is_a_warning_that_names_the_file_and_a_sweep_writes_it_again()
    {
        Pending();
        string mark = Path.Combine(Sweep, "sweep.json");
        File.WriteAllText(mark, "{ \"Format\": ");
        foreach (string script in new[] { $"Get-ExperimentSweep '{Sweep}'", $"Get-ExperimentRun '{Sweep}'", $"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1" })
            Assert.Contains(mark, Assert.Single(RunWithWarnings(script).Warnings), StringComparison.Ordinal);
        Assert.Empty(RunWithWarnings($"Get-ExperimentSweep '{Sweep}'").Warnings);
    }

    [Fact]
    public void Rows_of_a_sweep_that_is_extended_know_the_settings_of_its_new_points()
    {
        static string Varying(PSObject row) => row.TypeNames.Single(name => name.Contains('#', StringComparison.Ordinal)).Split('#', ';')[1];
        module.Run($"@{{ A = 1; B = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Y = $_.A + $_.B }} }}");
        PSObject[] rows = module.Run($"New-ExperimentGrid @{{ A = 1; B = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Y = $_.A + $_.B }} }}");
        Assert.Equal(["B", "B"], rows.Select(Varying));
    }

    [Fact]
    public void A_sweep_without_points_is_an_error()
    {
        ErrorRecord error = module.Fails($"Invoke-ExperimentSweep '{Sweep}' {Block}", "InvalidArgument");
        Assert.Contains("A sweep needs points", error.Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Sweep));
        Assert.Empty(module.Run($"@() | Invoke-ExperimentSweep '{Sweep}' {Block}"));
    }

    [Fact]
    public void A_damaged_run_is_a_warning_that_names_its_file_and_the_others_are_returned()
    {
        string[] ids = Pending();
        module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {Block}");
        File.WriteAllText(FileOf(ids[0], "run.json"), "{ \"Id\": ");
        File.WriteAllLines(FileOf(ids[1], "result.jsonl"), ["no row", .. File.ReadAllLines(FileOf(ids[1], "result.jsonl"))]);
        foreach ((string script, int rows) in new[] { ($"Get-ExperimentRun '{Sweep}'", 2), ($"Receive-ExperimentSweep '{Sweep}' -Wait", 2), ($"Measure-ExperimentRun '{Sweep}' -Metric Y -Maximize", 2), ($"Invoke-ExperimentSweep '{Sweep}' -Resume", 2) })
        {
            (PSObject[] read, string[] warnings) = RunWithWarnings(script);
            Assert.Equal(rows, read.Length);
            Assert.Contains(FileOf(ids[0], "run.json"), Assert.Single(warnings), StringComparison.Ordinal);
        }
        (PSObject[] expanded, string[] both) = RunWithWarnings($"Get-ExperimentRun '{Sweep}' -Expand");
        Assert.Equal(ids[2], Value(Assert.Single(expanded), "RunId"));
        Assert.Equal(2, both.Length);
        Assert.Contains(both, warning => warning.Contains(FileOf(ids[1], "result.jsonl"), StringComparison.Ordinal) && warning.Contains("line 1", StringComparison.Ordinal));
        (PSObject[] counts, string[] left) = RunWithWarnings($"Get-ExperimentSweep '{Sweep}'");
        Assert.Equal((2, 2), (Value(Assert.Single(counts), "Total"), Value(counts[0], "Done")));
        Assert.Contains(FileOf(ids[0], "run.json"), Assert.Single(left), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_does_not_repeat_megabytes_of_input()
    {
        PSObject row = Assert.Single(module.Run($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ throw ('y' * 5MB) }}"));
        Assert.Equal("Failed", Value(row, "Status"));
        Assert.InRange(((string)Value(row, "Message")!).Length, 1_000, 5_000);
    }

    [Fact]
    public void The_exit_code_of_a_program_that_is_the_last_statement_decides()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The programs are those of a Unix shell.");
        const string block = """
            {
                switch ($_.X) {
                    1 { sh -c 'exit 3' }
                    2 { sh -c 'exit 3'; [pscustomobject]@{ Y = 2 } }
                    3 { if ($true) { try { $text = sh -c 'echo a; exit 4' } finally { $null = 1 } } }
                    4 { sh -c 'exit 0' }
                    5 { sh -c 'exit 5' }
                    6 { exit 5 }
                    7 { sh -c 'exit 3'; return (sh -c 'exit 6') }
                    8 { "$LASTEXITCODE" }
                    9 { function Train { sh -c 'exit 3' }; Train }
                    10 { foreach ($i in 1, 2) { sh -c "exit $i" | ForEach-Object { $_ } } }
                }
            }
            """;
        PSObject[] rows = [.. module.Run($"New-ExperimentGrid @{{ X = 1..10 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 -AllowedExitCode 5, 9 {block}").OrderBy(row => Value(row, "X"))];
        Assert.Equal(["Failed", "Done", "Failed", "Done", "Done", "Done", "Failed", "Done", "Done", "Failed"], rows.Select(row => Value(row, "Status")));
        Assert.Equal("The last command of the script, 'sh', ended with exit code 3. If this code means success, use -AllowedExitCode 3 -Retry 1.", Value(rows[0], "Message"));
        Assert.Contains("exit code 4", (string)Value(rows[2], "Message")!, StringComparison.Ordinal);
        Assert.Contains("exit code 6", (string)Value(rows[6], "Message")!, StringComparison.Ordinal);
        PSObject parameters = Assert.Single(module.Run($"@{{ Code = 7 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ param($Code) & 'sh' -c \"exit $Code\" }} -WarningAction SilentlyContinue"));
        Assert.Equal("Failed", Value(parameters, "Status"));
    }

    [Fact]
    public void Results_of_an_edited_script_are_measured_separately_with_a_warning()
    {
        Directory.CreateDirectory(folder);
        string script = Path.Combine(folder, "script.ps1");
        File.WriteAllText(script, "[pscustomobject]@{ Y = $_.X }");
        Assert.Empty(RunWithWarnings($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 -ScriptPath '{script}'").Warnings);
        File.WriteAllText(script, "[pscustomobject]@{ Y = 10 * $_.X }");
        Assert.Contains("earlier version", Assert.Single(RunWithWarnings($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 -ScriptPath '{script}'").Warnings), StringComparison.Ordinal);

        (PSObject[] groups, string[] warnings) = RunWithWarnings($"Measure-ExperimentRun '{Sweep}' -Metric Y -Minimize");
        Assert.Equal(6, groups.Length);
        Assert.Equal([1.0, 2.0, 3.0, 10.0, 20.0, 30.0], groups.Select(group => (double)Value(group, "Mean")!).Order());
        Assert.Equal(2, groups.Select(group => Value(group, "CommandId")).Distinct().Count());
        Assert.Contains("2 different commands", Assert.Single(warnings), StringComparison.Ordinal);
        (PSObject[] effects, _) = RunWithWarnings($"Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun -Metric Y -Maximize -Effect -Setting X");
        Assert.Equal([3.0, 30.0], effects.Select(effect => (double)Value(effect, "BestMean")!).Order());
    }

    [Fact]
    public void A_setting_named_like_a_column_keeps_its_name()
    {
        PSObject[] rows = module.Run($"New-ExperimentGrid @{{ Status = 'new', 'old'; Message = 'hi' }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ if ($_.Status -eq 'old') {{ throw 'no' }}; [pscustomobject]@{{ Y = 1; Place = 'here' }} }}");
        PSObject done = Assert.Single(rows, row => Equals(Value(row, "Status"), "new")), failed = Assert.Single(rows, row => Equals(Value(row, "Status"), "old"));
        Assert.Equal(("Done", "hi", "here"), (Value(done, "RunStatus"), Value(done, "Message"), Value(done, "OutputPlace")));
        Assert.Equal(("Failed", "no"), (Value(failed, "RunStatus"), Value(failed, "RunMessage")));
        PSObject[] groups = module.Run($"Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun -Metric Y -Maximize -Setting Status");
        Assert.Equal([("new", 1, 0), ("old", 0, 1)], groups.Select(group => ((string)Value(group, "Status")!, (int)Value(group, "Count")!, (int)Value(group, "Missing")!)).Order());
    }

    [Fact]
    public void The_direction_of_a_metric_is_known_for_the_modules_columns_and_required_for_others()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ TestElbo = -$_.X; Loss = $_.X; Score = $_.X }} }}");
        double Best(string arguments) => module.Get<double>($"(Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun -GroupBy CommandId {arguments}).Best");
        Assert.Equal(-1, Best("-Metric TestElbo"));
        Assert.Equal(1, Best("-Metric Loss"));
        Assert.Equal(-2, Best("-Metric TestElbo -Minimize"));
        Assert.Equal(2, Best("-Metric Score -Maximize"));
        Assert.Equal(1, Best("-Metric Score -Minimize"));
        Assert.Contains("Minimize", module.Fails($"Measure-ExperimentRun '{Sweep}' -Metric Score", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("Minimize", module.Fails($"Measure-ExperimentRun '{Sweep}' -Metric Score -Maximize -Minimize", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("Minimize", module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -Pruner Median -Metric Score {{ 1 }}", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_named_Status_keeps_its_name_in_points_rows_tables_and_measurements()
    {
        module.Run($"$null = New-ExperimentGrid @{{ Status = 'on', 'off' }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Score = $_.Status.Length }} }}");
        Assert.Equal(["off 3 Done", "on 2 Done"], module.Run($"Get-ExperimentRun '{Sweep}' | ForEach-Object {{ \"$($_.Status) $($_.Score) $($_.RunStatus)\" }}").Select(text => text.ToString()).Order());
        Assert.Equal(["Status=off  Score=3", "Status=on  Score=2"], module.Run($"Get-ExperimentRun '{Sweep}' | ForEach-Object {{ [ReparamPS.Cmdlets.Common.RowText]::OfRun($_) }}").Select(text => text.ToString()).Order());
        Assert.Equal(["off 3", "on 2"], module.Run($"Measure-ExperimentRun '{Sweep}' -Metric Score -Maximize | ForEach-Object {{ \"$($_.Status) $($_.Mean)\" }}").Select(text => text.ToString()).Order());
        Assert.Equal("Status", Value(Assert.Single(module.Run($"Measure-ExperimentRun '{Sweep}' -Metric Score -Maximize -Effect")), "Setting"));
    }

    [Fact]
    public void A_setting_named_like_a_column_that_runs_need_is_measured_as_a_setting()
    {
        module.Run($"$null = New-ExperimentGrid @{{ RunSeconds = 1, 2 }} -Repeat 2 | Invoke-ExperimentSweep '{Sweep}' {{ [pscustomobject]@{{ V = 10 * $_.RunSeconds + $_.Seed }} }}");
        foreach (string rows in new[] { $"Measure-ExperimentRun '{Sweep}'", $"Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun" })
        {
            Assert.Equal(["1 10.5", "2 20.5"], module.Run($"{rows} V -Minimize | ForEach-Object {{ \"$($_.SettingRunSeconds) $($_.Mean)\" }}").Select(text => text.ToString()));
            Assert.Equal(["1 10.5", "2 20.5"], module.Run($"{rows} V -Minimize -GroupBy RunSeconds | ForEach-Object {{ \"$($_.RunSeconds) $($_.Mean)\" }}").Select(text => text.ToString()));
            PSObject effect = Assert.Single(module.Run($"{rows} V -Minimize -Effect"));
            Assert.Equal(("SettingRunSeconds", 2, 1), (Value(effect, "Setting"), Value(effect, "Levels"), Value(effect, "BestValue")));
            Assert.Equal(100.0 / 101, (double)Value(effect, "Share")!, 1e-12);
        }
        Assert.StartsWith("SettingRunSeconds=1  Seed=0  V=10", module.Get<string>($"[ReparamPS.Cmdlets.Common.RowText]::OfRun((Get-ExperimentRun '{Sweep}')[0])"));
        module.Run($"Export-ExperimentReport '{Sweep}' '{folder}/report.html' -Metric V -Minimize");
        Assert.Contains("V over RunSeconds: mean", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_named_RunStatus_and_CommandId_are_not_taken_for_the_runs_own()
    {
        module.Run($"$null = New-ExperimentGrid @{{ RunStatus = 'a', 'b'; CommandId = 'x', 'y' }} | Invoke-ExperimentSweep '{Sweep}' {{ [pscustomobject]@{{ V = 1; RunStatus = 'c' }}; if ($_.RunStatus -eq 'a') {{ throw 'no' }} }}");
        (PSObject[] groups, string[] warnings) = RunWithWarnings($"Measure-ExperimentRun '{Sweep}' V -Minimize -GroupBy RunStatus");
        Assert.Empty(warnings);
        Assert.Equal([("a", 0, 2), ("b", 2, 0)], groups.Select(group => ((string)Value(group, "RunStatus")!, (int)Value(group, "Count")!, (int)Value(group, "Missing")!)).Order());
        Assert.Equal(["Failed a c", "Done b c"], module.Run($"Get-ExperimentRun '{Sweep}' | Where-Object CommandId -eq x | ForEach-Object {{ \"$($_.Status) $($_.SettingRunStatus) $($_.OutputRunStatus)\" }}").Select(text => text.ToString()));
    }

    [Fact]
    public void An_effect_without_a_setting_of_two_values_is_a_warning()
    {
        module.Run($"$null = {Points} | Invoke-ExperimentSweep '{Sweep}' {{ if ($_.X -gt 1) {{ throw 'no' }}; [pscustomobject]@{{ Y = 1; Text = 'x' }} }}");
        (PSObject[] effects, string[] warnings) = RunWithWarnings($"Measure-ExperimentRun '{Sweep}' Y -Minimize -Effect");
        Assert.Empty(effects);
        Assert.Equal(["No effect can be measured: X has only one value among the runs that are done and have a finite Y (1 of 3 runs). Try again when more runs are done."], warnings);
        string Warning(string call) => Assert.Single(RunWithWarnings(call).Warnings);
        Assert.Equal("No effect can be measured: the runs have no setting besides the seed.", Warning($"$null = 0, 1 | ForEach-Object {{ @{{ Seed = $_ }} }} | Invoke-ExperimentSweep '{Sweep}-seeds' {{ [pscustomobject]@{{ Y = $_.Seed }} }}; Measure-ExperimentRun '{Sweep}-seeds' Y -Minimize -Effect"));
        Assert.Equal("No effect can be measured: A, B have only one value each among the runs that are done and have a finite Y (2 of 2 runs). Name settings that differ with -GroupBy.", Warning("[pscustomobject]@{ A = 1; B = 2; C = 1; Y = 3 }, [pscustomobject]@{ A = 1; B = 2; C = 2; Y = 4 } | Measure-ExperimentRun Y -Minimize -Effect -GroupBy A, B"));
        Assert.Equal("No effect can be measured: no run is done and has a finite Y.", Warning("[pscustomobject]@{ A = 1; Y = [double]::NaN }, [pscustomobject]@{ A = 2; Y = [double]::NaN } | Measure-ExperimentRun Y -Minimize -Effect -GroupBy A"));
        Assert.EndsWith("'A' holds 'x'. No column holds numbers.", module.Fails("[pscustomobject]@{ A = 'x' } | Measure-ExperimentRun A -GroupBy A -Maximize", "InvalidArgument").ToString());
    }

    [Fact]
    public void A_time_budget_that_is_used_up_is_a_warning_and_a_number_of_runs_is_not()
    {
        Assert.Equal(["0 of 3 runs have ended; -TimeBudget is used up. Repeat the command to continue."], RunWithWarnings($"{Points} | Invoke-ExperimentSweep '{Sweep}' -TimeBudget 0:0:0 {Block}").Warnings);
        Assert.Empty(RunWithWarnings($"{Points} | Invoke-ExperimentSweep '{Sweep}' -TimeBudget 1:0:0 -MaxRuns 1 {Block}").Warnings);
        Assert.Empty(RunWithWarnings($"Invoke-ExperimentSweep '{Sweep}' -Resume").Warnings);
        Assert.Empty(RunWithWarnings($"{Points} | Invoke-ExperimentSweep '{Sweep}' -TimeBudget 0:0:0 {Block}").Warnings);
    }

    [Theory]
    [InlineData("Nope", "Priority must be a setting that has a value in every point; 'Nope' is missing in all of them.")]
    [InlineData("5", "Priority must be a script block or the name of a setting; got '5'.")]
    public void A_priority_that_points_do_not_have_is_one_error(string priority, string message)
    {
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun($"{Points} | Invoke-ExperimentSweep '{Sweep}' -Priority {priority} {Block}");
        Assert.Empty(rows);
        Assert.Equal(message, Assert.Single(errors).ToString());
    }

    [Fact]
    public void Files_of_dead_owners_are_removed_also_if_a_worker_outlives_the_start_of_the_next_sweep()
    {
        Directory.CreateDirectory(folder);
        string dead = Path.Combine(Sweep, "owners", "1-dead.json"), stop = Path.ChangeExtension(dead, ".stop");
        using Process worker = Process.Start("sleep", "600");
        try
        {
            string Identity(int id, DateTime started) => $"\"Host\": \"{Environment.MachineName}\", \"ProcessId\": {id}, \"Started\": \"{started.ToUniversalTime():O}\"";
            string owner = $"{{ {Identity(int.MaxValue, default)}, \"Workers\": [{{ {Identity(worker.Id, worker.StartTime)} }}] }}\n";
            string kill = $"$null = @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {{ if (-not [IO.File]::Exists('{dead}')) {{ throw 'removed too early' }}; $worker = [Diagnostics.Process]::GetProcessById({worker.Id}); $worker.Kill(); $worker.WaitForExit() }}";
            Directory.CreateDirectory(Path.GetDirectoryName(dead)!);
            File.WriteAllText(dead, owner);
            module.Run(kill);
            Assert.Equal("Done", module.Get<string>($"(Get-ExperimentRun '{Sweep}').Status"));
            Assert.False(File.Exists(dead));

            File.WriteAllText(dead, owner);
            File.WriteAllText(stop, "");
            module.Run($"Invoke-ExperimentSweep '{Sweep}' -Resume");
            Assert.False(File.Exists(dead) || File.Exists(stop));
        }
        finally
        {
            worker.Kill();
        }
    }

    [Theory]
    [InlineData("-Metric Scor -Maximize", "Metric: no run has a column 'Scor'; the columns are RunId, Status, Rate, Score,", "Did you mean Score?")]
    [InlineData("-Metric Score -Maximize -Setting Rat", "GroupBy: no run has a column 'Rat'; the columns are RunId,", "Did you mean Rate?")]
    [InlineData("-Metric Scor", "Metric: no run has a column 'Scor'", "Did you mean Score?")]
    [InlineData("Scor", "Metric: no run has a column 'Scor'", "Did you mean Score?")]
    [InlineData("", "Metric is required: the column by which runs are compared.", "The columns are Score.")]
    [InlineData("Score", "Maximize or Minimize is required for 'Score': use -Maximize if larger values are better", "known only for TrainElbo,")]
    public void A_mistyped_column_of_a_measurement_names_the_nearest(string arguments, string says, string hint)
    {
        module.Run($"$null = @{{ Rate = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Score = 1 }} }}");
        string message = module.Fails($"Measure-ExperimentRun '{Sweep}' {arguments}", "InvalidArgument").Exception.Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Contains(hint, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_in_position_measures_a_folder_and_rows_which_know_their_settings()
    {
        module.Run($"$null = New-ExperimentGrid ([ordered]@{{ Rate = 10, 2; Kind = 'a', 'b' }}) -Repeat 2 | Invoke-ExperimentSweep '{Sweep}' {{ [pscustomobject]@{{ Score = $_.Rate + $_.Seed }} }}");
        string[] expected = ["2 a 2.5", "2 b 2.5", "10 a 10.5", "10 b 10.5"];
        foreach (string call in new[] { $"Measure-ExperimentRun '{Sweep}' Score -Maximize", $"Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun Score -Maximize", $"Get-ExperimentRun '{Sweep}' | Measure-ExperimentRun -Metric Score -Maximize" })
            Assert.Equal(expected, module.Run($"{call} | ForEach-Object {{ \"$($_.Rate) $($_.Kind) $($_.Mean)\" }}").Select(text => text.ToString()));
        Assert.Equal("Rate", Value(Assert.Single(module.Run($"Get-ExperimentRun '{Sweep}' | Where-Object Kind -eq a | Measure-ExperimentRun Score -Maximize -Effect")), "Setting"));
        Assert.Contains("-GroupBy", module.Fails($"[pscustomobject]@{{ Rate = 1; Score = 2 }} | Measure-ExperimentRun Score -Maximize", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("Path is missing", module.Fails("Measure-ExperimentRun", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_ordered_by_their_settings()
    {
        module.Run($"$null = New-ExperimentGrid ([ordered]@{{ Rate = 10, 0.5, 2; Kind = 'b', 'a' }}) | Invoke-ExperimentSweep '{Sweep}' {{ 1 }}");
        Assert.Equal(["0.5 a", "0.5 b", "2 a", "2 b", "10 a", "10 b"], module.Run($"Get-ExperimentRun '{Sweep}' | ForEach-Object {{ \"$($_.Rate) $($_.Kind)\" }}").Select(text => text.ToString()));
    }

    [Fact]
    public void Runs_settings_metrics_and_commands_are_completed_and_files_are_not()
    {
        string id = (string)Value(Assert.Single(module.Run($"@{{ Rate = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Score = 1; Text = 'x' }} }}")), "RunId")!;
        string[] Complete(string line) => [.. module.Run($"(TabExpansion2 \"{line}\" {line.Length}).CompletionMatches.CompletionText").Select(text => (string)text.BaseObject)];
        Assert.Equal([id], Complete($"Get-ExperimentRun -Path '{Sweep}' -RunId "));
        Assert.Equal([id], Complete($"Compare-ExperimentRun -Path '{Sweep}' -RunId {id[..3]}"));
        Assert.Equal(["Score"], Complete($"Measure-ExperimentRun -Path '{Sweep}' -Metric "));
        Assert.Equal(["Rate", "CommandId"], Complete($"Measure-ExperimentRun -Path '{Sweep}' -Setting "));
        Assert.Equal(["TestElbo"], Complete("Invoke-ExperimentSweep -Path new -Metric Test"));
        Assert.Contains("Invoke-VaeTraining", Complete("Invoke-ExperimentSweep -Path new -Command Invoke-Vae"));
        Assert.Equal(["''"], Complete("Get-ExperimentRun -Path /no/such/folder -RunId "));
        Assert.Equal(["/tm"], Complete("Invoke-ExperimentSweep -Path new -Command /tm"));
    }

    [Fact]
    public void The_folder_of_a_training_is_said_to_be_one()
    {
        module.Run($"$null = Invoke-VaeTraining -OutPath '{folder}/training' -Epochs 1 -HiddenSize 2 -LatentSize 1 -Seed 1");
        Assert.EndsWith("it has no sweep.json. It holds one training, whose rows are in 'epochs.csv'; Import-ExperimentData reads them.", module.Fails($"Get-ExperimentRun '{folder}/training'", "InvalidData").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_piped_to_a_comparison_are_answered_with_the_parameter()
    {
        module.Run($"$null = New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ $_.X }}");
        ErrorRecord error = module.TryRun($"(Get-ExperimentRun '{Sweep}').RunId | Compare-ExperimentRun '{Sweep}'").Errors[^1];
        Assert.Equal("RunId must name two runs; got none. Pipe two rows of Get-ExperimentRun, or use -RunId ID1, ID2; ids themselves cannot be piped.", error.ToString());
    }
}
