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
    public void A_run_whose_settings_or_command_were_changed_fails_with_the_reason_and_does_not_execute()
    {
        string[] ids = Pending();
        Edit(FileOf(ids[1], "run.json"), json => json["Settings"]!["X"] = 7);
        Edit(FileOf(ids[2], "run.json"), json => json["Command"] = "0123456789abcdef");
        PSObject[] rows = [.. module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {Block}").OrderBy(row => Value(row, "X"))];
        Assert.Equal(["Done", "Failed", "Failed"], rows.Select(row => Value(row, "Status")));
        Assert.All(rows[1..], row => Assert.Matches("run.json.*changed after the run was created", (string)Value(row, "Message")!));
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
        Assert.False(File.Exists(Path.Combine(folder, "evil")));

        rows = module.Run($"{Points} | Invoke-ExperimentSweep '{Sweep}' -Retry 1 -ThrottleLimit 1 {Block}");
        Assert.All(rows, row => Assert.Equal("Done", Value(row, "Status")));
        Assert.False(File.Exists(Path.Combine(folder, "evil")));
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
        Assert.Equal(3, module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Total"));
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
        Assert.Equal("The last command of the script, 'sh', ended with exit code 3.", Value(rows[0], "Message"));
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

    [Theory]
    [InlineData("-Metric Scor -Maximize", "Metric: no run has a column 'Scor'; the columns are RunId, Status, Rate, Score,", "Did you mean Score?")]
    [InlineData("-Metric Score -Maximize -Setting Rat", "GroupBy: no run has a column 'Rat'; the columns are RunId,", "Did you mean Rate?")]
    [InlineData("-Metric Scor", "Metric: no run has a column 'Scor'", "Did you mean Score?")]
    [InlineData("Scor", "Metric: no run has a column 'Scor'", "Did you mean Score?")]
    [InlineData("", "Metric is missing. Name the column to measure", "TestElbo")]
    [InlineData("Score", "Maximize: say whether a larger 'Score' is better", "known only for TrainElbo,")]
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
}
