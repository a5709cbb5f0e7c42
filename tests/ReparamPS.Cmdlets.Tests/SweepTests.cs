using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class SweepTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-sweep-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private PSObject[] Sweep(string points, string arguments) =>
        module.Run($"{points} | Invoke-ExperimentSweep -Path '{folder}' {arguments}");

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    private static PSObject Of(IEnumerable<PSObject> rows, string column, object value) => Assert.Single(rows, row => Equals(Value(row, column), value));

    // One line for each time that a run is begun.
    private string Counted(string body) => $"{{ [IO.File]::AppendAllText('{folder}.' + $_.X, 'x'); {body} }}";

    private int Count(int x)
    {
        string path = $"{folder}.{x}";
        return File.Exists(path) ? (int)new FileInfo(path).Length : 0;
    }

    [Fact]
    public void Each_point_gives_a_row_and_is_never_run_twice()
    {
        const string points = "New-ExperimentGrid @{ X = 1..6 }";
        string arguments = $"-ThrottleLimit 2 -ScriptBlock {Counted("[pscustomobject]@{ Square = $_.X * $_.X }")}";
        try
        {
            PSObject[] plan = Sweep(points, arguments + " -WhatIf");
            Assert.Equal(6, Value(Assert.Single(plan), "ToRun"));
            Assert.False(Directory.Exists(folder));

            PSObject[] rows = Sweep(points, arguments);
            Assert.Equal([1, 4, 9, 16, 25, 36], rows.OrderBy(row => Value(row, "X")).Select(row => Value(row, "Square")));
            Assert.All(rows, row => Assert.Equal("Done", Value(row, "Status")));

            PSObject[] again = Sweep("New-ExperimentGrid @{ X = 1..8 }", arguments);
            Assert.Equal(8, again.Length);
            Assert.All(Enumerable.Range(1, 8), x => Assert.Equal(1, Count(x)));
            Assert.Equal(8, module.Get<int>($"@(Get-ExperimentRun '{folder}' -Status Done).Count"));
            Assert.Equal(0, Value(Assert.Single(Sweep(points, arguments + " -WhatIf")), "ToRun"));
        }
        finally
        {
            foreach (string file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(folder) + ".*")) File.Delete(file);
        }
    }

    [Fact]
    public void A_run_that_fails_becomes_a_row_and_the_others_go_on()
    {
        const string block = """
            {
                switch ($_.X) {
                    1 { throw 'one threw' }
                    2 { exit 3 }
                    3 { [Environment]::Exit(9) }
                    4 { exit 0 }
                    5 { [Diagnostics.Process]::GetCurrentProcess().Kill() }
                    6 { foreach ($i in 1..100000) { "line $i" } }
                    7 { }
                    8 { $all = [Collections.ArrayList]::new(); while ($true) { $bytes = [byte[]]::new(32MB); [Random]::new(1).NextBytes($bytes); $null = $all.Add($bytes) } }
                    9 { Get-Item '/no/such/item' }
                }
                if ($_.X -ne 7) { [pscustomobject]@{ Y = $_.X } }
            }
            """;
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..10 }", $"-ThrottleLimit 2 -MemoryMB 600 -ScriptBlock {block}");

        Assert.Equal(10, rows.Length);
        string[] statuses = [.. rows.OrderBy(row => Value(row, "X")).Select(row => (string)Value(row, "Status")!)];
        Assert.Equal(["Failed", "Failed", "Died", "Done", "Died", "Done", "Done", "OutOfMemory", "Failed", "Done"], statuses);
        Assert.Equal("one threw", Value(Of(rows, "X", 1), "Message"));
        Assert.Contains("line 3", (string)Value(Of(rows, "X", 1), "Place")!, StringComparison.Ordinal);
        Assert.Contains("exit code 3", (string)Value(Of(rows, "X", 2), "Message")!, StringComparison.Ordinal);
        Assert.Contains("exit code 9", (string)Value(Of(rows, "X", 3), "Message")!, StringComparison.Ordinal);
        Assert.Contains(OperatingSystem.IsWindows() ? "exit code -1" : "signal 9", (string)Value(Of(rows, "X", 5), "Message")!, StringComparison.Ordinal);
        Assert.Equal(6, Value(Of(rows, "X", 6), "Y"));
        string printed = Path.Combine(folder, "runs", (string)Value(Of(rows, "X", 6), "RunId")!, "output.log");
        Assert.Equal(100000, File.ReadLines(printed).Count());
        Assert.Equal("line 100000", File.ReadLines(printed).Last());

        // What died is tried again; what failed is not, unless that is asked for.
        PSObject plan = Assert.Single(module.Run($"Invoke-ExperimentSweep '{folder}' -Resume -WhatIf"));
        Assert.Equal(2, Value(plan, "ToRun"));
        Assert.Equal(6, Value(Assert.Single(module.Run($"Invoke-ExperimentSweep '{folder}' -Resume -Retry 1 -WhatIf")), "ToRun"));
    }

    [Fact]
    public void A_run_that_hangs_is_ended_and_the_others_go_on()
    {
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..3 }", "-ThrottleLimit 1 -TimeoutSeconds 10 -ScriptBlock { while ($_.X -eq 2) { [Threading.Thread]::Sleep(50) }; $_.X }");
        Assert.Equal(["Done", "TimedOut", "Done"], rows.Select(row => Value(row, "Status")));
        Assert.Contains("10 s", (string)Value(rows[1], "Message")!, StringComparison.Ordinal);
        Assert.InRange((double)Value(rows[1], "RunSeconds")!, 10, 10 + 15 * Crowding.Factor());
    }

    [Fact]
    public void A_failure_is_retried_and_its_attempts_are_counted()
    {
        const string block = "{ $tries = \"$RunPath/tries\"; [IO.File]::AppendAllText($tries, 'x'); if ([IO.File]::ReadAllText($tries).Length -lt 3) { throw 'not yet' }; [pscustomobject]@{ Y = 1 } }";
        PSObject row = Assert.Single(Sweep("@{ X = 1 }", $"-Retry 5 -ScriptBlock {block}"));
        Assert.Equal("Done", Value(row, "Status"));
        Assert.Equal(3, Value(row, "Attempt"));
    }

    [Fact]
    public void A_run_leaves_nothing_to_the_next()
    {
        const string block = """
            {
                [pscustomobject]@{ Leftover = "$global:left$env:LEFT$($PWD.Path -eq '/')$ProgressPreference" }
                $global:left = 'variable'; $env:LEFT = 'environment'; Set-Location /; $global:ProgressPreference = 'SilentlyContinue'
            }
            """;
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..3 }", $"-ThrottleLimit 1 -ScriptBlock {block}");
        Assert.All(rows, row => Assert.Equal("FalseContinue", Value(row, "Leftover")));
    }

    [Fact]
    public void Folders_of_sweeps_and_of_trainings_are_not_mixed_up()
    {
        const string options = "-LatentSize 2 -HiddenSize 4 -Epochs 1";
        PSObject row = Assert.Single(Sweep("New-ExperimentGrid @{ LatentSize = 2; HiddenSize = 4; Epochs = 1 }", "-Command Invoke-VaeTraining -ThrottleLimit 1"));
        string run = Path.Combine(folder, "runs", (string)Value(row, "RunId")!), training = Path.Combine(run, "checkpoint");
        byte[] before = File.ReadAllBytes(Path.Combine(run, "run.json"));
        foreach (string choice in new[] { "", "-Force", "-Resume" })
        {
            Assert.Contains($"is a run of the sweep in '{folder}'. To resume the sweep, use Invoke-ExperimentSweep '{folder}' -Resume. For another run, choose another folder.", module.Fails($"Invoke-VaeTraining {options} -OutPath '{run}' {choice}", "InvalidArgument").ToString(), StringComparison.Ordinal);
            Assert.Contains("holds a sweep; a run needs a folder of its own.", module.Fails($"Invoke-VaeTraining {options} -OutPath '{folder}' {choice}", "InvalidArgument").ToString(), StringComparison.Ordinal);
        }
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(run, "run.json")));
        Assert.Contains($"is a run of a sweep. Its model is in '{training}'.", module.Fails($"Import-VaeModel '{run}'", "PathNotFound").ToString(), StringComparison.Ordinal);
        Assert.Contains("is the folder of a sweep. The model of one of its runs is in runs/<RunId>/checkpoint", module.Fails($"Import-VaeModel '{folder}'", "PathNotFound").ToString(), StringComparison.Ordinal);
        Assert.Contains("If the run trained one, give the folder runs/<RunId>/checkpoint in the folder of the sweep.", module.Fails($"Get-ExperimentRun '{folder}' | Invoke-VaeSampling -Count 1", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Contains("this is the checkpoint of a run, not a VAE model of this module.", module.Fails($"Import-VaeModel '{training}/checkpoint.safetensors'", "InvalidData").ToString(), StringComparison.Ordinal);
        Assert.Single(module.Run($"Import-VaeModel '{training}'"));
        Assert.Contains("holds a run; a sweep needs a folder of its own. Choose another folder.", module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{training}' {{ 1 }}", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.EndsWith("sweep.json' is a file; a sweep is a folder.", module.Fails($"Get-ExperimentRun '{folder}/sweep.json'", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_resumes_in_the_order_of_settings()
    {
        Sweep("New-ExperimentGrid @{ X = 1..8 }", "-ThrottleLimit 1 -MaxRuns 1 { $_.X }");
        for (int x = 2; x <= 4; x++) Assert.Equal(x, Value(module.Run($"Invoke-ExperimentSweep '{folder}' -Resume -MaxRuns 1 -ThrottleLimit 1").Last(), "X"));
    }

    [Fact]
    public void A_run_counts_once_in_a_group_however_many_rows_it_has()
    {
        Sweep("New-ExperimentGrid @{ A = 1, 3 } -Repeat 2", "-ThrottleLimit 1 { $p = $_; 1..4 | ForEach-Object { [pscustomobject]@{ Epoch = $_; Y = 10 * $p.A + $p.Seed - $_ } } }");
        PSObject[] Measured(string options) => module.Run($"Get-ExperimentRun '{folder}' -Expand | Measure-ExperimentRun Y -Minimize {options}");
        // The last rows are 10 A + Seed − 4 with the seeds 0 and 1: a mean of 10 A − 3.5 and a standard error of 0.5.
        PSObject[] groups = Measured("");
        Assert.Equal([6.5, 26.5], groups.Select(row => (double)Value(row, "Mean")!));
        Assert.All(groups, row => Assert.Equal((2, 0.5), (Value(row, "Count"), Value(row, "StandardError"))));
        // The same points in another sweep have the same ids, but are other runs.
        module.Run($"New-ExperimentGrid @{{ A = 1, 3 }} -Repeat 2 | Invoke-ExperimentSweep '{folder}/again' -ThrottleLimit 1 {{ $p = $_; 1..4 | ForEach-Object {{ [pscustomobject]@{{ Epoch = $_; Y = 10 * $p.A + $p.Seed - $_ }} }} }}");
        Assert.All(module.Run($"'{folder}', '{folder}/again' | Get-ExperimentRun | Measure-ExperimentRun Y -Minimize"), row => Assert.Equal(4, Value(row, "Count")));
        // A column that differs between the rows of a run keeps them.
        Assert.Equal([1, 2, 3, 4], Measured("-GroupBy Epoch").Select(row => Convert.ToInt32(Value(row, "Epoch"), System.Globalization.CultureInfo.InvariantCulture)));
        PSObject effect = Assert.Single(Measured("-Effect -GroupBy A"));
        Assert.Equal(4, Value(effect, "Count"));
    }

    [Fact]
    public void Settings_are_parameters_of_a_command_and_unknown_ones_are_refused_before_anything_runs()
    {
        PSObject[] rows = Sweep("New-ExperimentGrid @{ LatentSize = 2, 3; Epochs = 2; HiddenSize = '16' }", "-Command Invoke-VaeTraining -ThrottleLimit 2");
        Assert.Equal([2, 3], rows.Select(row => Value(row, "LatentSize")).Order());
        Assert.All(rows, row => Assert.Equal(2, Value(row, "Epoch")));
        Assert.Equal(4, module.Get<int>($"@(Get-ExperimentRun '{folder}' -Expand).Count"));

        module.Fails($"@{{ LatentSise = 2 }} | Invoke-ExperimentSweep '{folder}-other' -Command Invoke-VaeTraining", "InvalidArgument");
        Assert.False(Directory.Exists(folder + "-other"));
    }

    [Fact]
    public void Settings_are_the_same_whether_numbers_or_the_text_of_a_file()
    {
        const string block = "-ScriptBlock { [pscustomobject]@{ Y = 1 } }";
        PSObject first = Assert.Single(Sweep("[pscustomobject]@{ A = 1; B = 0.5; C = 'x' }", block));
        PSObject second = Assert.Single(Sweep("@{ c = 'x'; b = '0.5'; a = 1.0 }", block));
        Assert.Equal(Value(first, "RunId"), Value(second, "RunId"));
        PSObject third = Assert.Single(Sweep("@{ c = 'X'; b = '0.5'; a = 1.0 }", block));
        Assert.NotEqual(Value(first, "RunId"), Value(third, "RunId"));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_workers()
    {
        const string command = "-Command Invoke-VaeTraining";
        const string points = "New-ExperimentGrid @{ LatentSize = 2, 3; Seed = 1, 2; Epochs = 1; HiddenSize = '32' }";
        PSObject[] one = Sweep(points, command + " -ThrottleLimit 1");
        Directory.Delete(folder, recursive: true);
        PSObject[] two = Sweep(points, command + " -ThrottleLimit 2");
        string[] Figures(PSObject[] rows) => [.. rows.OrderBy(row => (string)Value(row, "RunId")!, StringComparer.Ordinal).Select(row => $"{Value(row, "RunId")} {Value(row, "TrainElbo"):R} {Value(row, "TestElbo"):R}")];
        Assert.Equal(Figures(one), Figures(two));
    }

    [Fact]
    public void The_first_runs_are_those_of_highest_priority()
    {
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..5 }", "-ThrottleLimit 1 -MaxRuns 2 -Priority { $_.X % 4 } -ScriptBlock { 1 }");
        Assert.Equal([3, 2], rows.Select(row => Value(row, "X")));
        Assert.Equal(3, module.Get<int>($"(Get-ExperimentSweep '{folder}').Pending"));
    }

    [Fact]
    public void The_first_failure_ends_the_sweep_if_that_is_wanted()
    {
        (PSObject[] rows, ErrorRecord[] errors) = module.TryRun(
            $"New-ExperimentGrid @{{ X = 1..20 }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 -StopOnFailure {{ if ($_.X -eq 2) {{ throw 'two' }}; 1 }}");
        Assert.Equal(2, rows.Length);
        Assert.StartsWith("SweepNotFinished,", Assert.Single(errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Matches("^-StopOnFailure ended the sweep at run [0-9a-f]+, which has the status Failed\\. To execute the other runs, repeat the command without -StopOnFailure\\. The message of the run: two$", errors[0].ToString());
        Assert.Equal(18, module.Get<int>($"(Get-ExperimentSweep '{folder}').Pending"));
    }

    [Fact]
    public void Stopping_leaves_a_sweep_that_can_be_resumed()
    {
        using Runspace runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create();
        shell.Runspace = runspace;
        shell.AddScript($"Import-Module '{ModuleRunspace.ManifestPath}'; New-ExperimentGrid @{{ X = 1..4 }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 2 {{ while ($_.X -gt 2 -and -not [IO.File]::Exists('{folder}.hurry')) {{ [Threading.Thread]::Sleep(100) }}; 1 }}");
        IAsyncResult running = shell.BeginInvoke();
        Assert.True(SpinWait.SpinUntil(() => module.Get<int>($"if ([IO.File]::Exists('{folder}/sweep.json')) {{ (Get-ExperimentSweep '{folder}').Done }} else {{ 0 }}") == 2, 300_000));
        shell.Stop();
        Assert.True(running.IsCompleted);

        PSObject counts = Assert.Single(module.Run($"Get-ExperimentSweep '{folder}'"));
        Assert.Equal((2, 2, 0), ((int)Value(counts, "Done")!, (int)Value(counts, "Pending")!, (int)Value(counts, "Running")!));
        File.WriteAllText(folder + ".hurry", "");
        try
        {
            Assert.Equal(4, module.Run($"Invoke-ExperimentSweep '{folder}' -Resume").Length);
        }
        finally
        {
            File.Delete(folder + ".hurry");
        }
    }

    [Fact]
    public void Points_that_another_process_could_not_be_told_are_refused()
    {
        module.Fails($"@{{ D = New-NormalDistribution }} | Invoke-ExperimentSweep '{folder}' {{ 1 }}", "InvalidArgument");
        module.Fails($"$y = 1; @{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ $using:y }}", "InvalidArgument");
        module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' -Command No-SuchCommand", "InvalidArgument");
        module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ param($Z) 1 }}", "InvalidArgument");
        module.Fails($"Get-ExperimentRun '{folder}'", "PathNotFound");
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void A_script_file_runs_as_it_was_when_its_runs_were_named_wherever_it_is_now()
    {
        string script = folder + ".ps1", moved = folder + ".moved.ps1";
        try
        {
            File.WriteAllText(script, "[pscustomobject]@{ Y = \"one $($_.X)\"; Root = $PSScriptRoot }");
            Sweep("New-ExperimentGrid @{ X = 1..3 }", $"-ThrottleLimit 1 -MaxRuns 1 -ScriptPath '{script}'");
            File.WriteAllText(script, "[pscustomobject]@{ Y = 'two' }");
            module.Run($"Invoke-ExperimentSweep -Path '{folder}' -Resume -MaxRuns 1 -ThrottleLimit 1");
            File.WriteAllText(moved, "[pscustomobject]@{ Y = \"one $($_.X)\"; Root = $PSScriptRoot }");
            File.Delete(script);
            PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..3 }", $"-ThrottleLimit 1 -ScriptPath '{moved}'");
            Assert.Equal(["one 1", "one 2", "one 3"], rows.Select(row => Value(row, "Y")).Order());
            Assert.All(rows, row => Assert.Equal(Path.GetDirectoryName(moved), Value(row, "Root")));
        }
        finally
        {
            File.Delete(script);
            File.Delete(moved);
        }
    }

    [Fact]
    public void Parameters_of_a_function_count_where_they_stand_outside_its_body_and_clauses_of_a_block_run()
    {
        PSObject[] rows = module.Run($"function Double([int]$X) {{ [pscustomobject]@{{ Y = 2 * $X }} }}; New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep -Path '{folder}' -Command Double -ThrottleLimit 1");
        Assert.Equal([2, 4], rows.Select(row => Value(row, "Y")).Order());
        module.Fails($"function Double([int]$X) {{ 2 * $X }}; New-ExperimentGrid @{{ Z = 1 }} | Invoke-ExperimentSweep -Path '{folder}' -Command Double", "InvalidArgument");
        rows = Sweep("New-ExperimentGrid @{ X = 3 }", "{ begin { $y = 1 } process { $y += $_.X } end { [pscustomobject]@{ Y = $y } } }");
        Assert.Equal(4, Value(Assert.Single(rows), "Y"));
    }

    [Fact]
    public void A_sweep_starts_in_a_folder_whose_name_has_brackets()
    {
        string place = folder + " [x]";
        Directory.CreateDirectory(place);
        try
        {
            PSObject[] rows = module.Run($"$paths = $ExecutionContext.SessionState.Path; $before = $paths.CurrentLocation; $null = $paths.SetLocation([WildcardPattern]::Escape('{place}')); try {{ New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' {{ [pscustomobject]@{{ Y = $PWD.Path }} }} }} finally {{ $null = $paths.SetLocation($before) }}");
            Assert.Equal(place, Value(Assert.Single(rows), "Y"));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    [Theory, InlineData(".csv"), InlineData(".parquet")]
    public void Rows_go_to_a_table_where_the_first_run_failed(string extension)
    {
        string table = folder + extension;
        try
        {
            module.Run($"New-ExperimentGrid @{{ X = 1..3 }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 {{ if ($_.X -eq 1) {{ throw 'no' }}; [pscustomobject]@{{ Y = $_.X }} }} | Export-ExperimentData '{table}'");
            Assert.Equal([null, 2, 3], module.Run($"Import-ExperimentData '{table}'").Select(row => Value(row, "Y")));
        }
        finally
        {
            File.Delete(table);
        }
    }

    [Fact]
    public void A_run_whose_metric_is_missing_ranks_last_even_where_it_is_the_first()
    {
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1..9 }",
            "-ThrottleLimit 1 -Strategy SuccessiveHalving -Metric L -Minimize -MaxBudget 9 { if ($_.X -eq 1) { [pscustomobject]@{ Epoch = 1 } } else { [pscustomobject]@{ Epoch = $_.Epochs; L = $_.X } } }");
        Assert.Equal(2, Value(Assert.Single(rows, row => Equals(Value(row, "Status"), "Done")), "X"));
        module.Fails($"New-ExperimentGrid @{{ X = 1..9 }} | Invoke-ExperimentSweep -Path '{folder}.other' -ThrottleLimit 1 -Strategy SuccessiveHalving -Metric Wrong -Minimize -MaxBudget 9 {{ [pscustomobject]@{{ L = 1 }} }}", "InvalidArgument");
        Directory.Delete(folder + ".other", recursive: true);
    }

    [Fact]
    public void What_a_run_gave_before_it_failed_is_not_measured_and_settings_keep_their_names()
    {
        Sweep("New-ExperimentGrid @{ Count = 1, 2; Seed = 1, 2 }", "{ [pscustomobject]@{ Loss = 10 * $_.Count + $_.Seed }; if ($_.Count -eq 1 -and $_.Seed -eq 1) { throw 'diverged' } }");
        PSObject[] groups = module.Run($"Measure-ExperimentRun '{folder}' -Metric Loss");
        PSObject first = Of(groups, "SettingCount", 1);
        Assert.Equal(1, Value(first, "Count"));
        Assert.Equal(1, Value(first, "Missing"));
        Assert.Equal(12.0, Value(first, "Best"));
        Assert.Equal(21.5, Value(Of(groups, "SettingCount", 2), "Mean"));
    }

    [Fact]
    public void A_list_of_lists_is_refused_before_anything_is_run()
    {
        Assert.Contains("C:", module.Fails($"[pscustomobject]@{{ X = 1; C = @(1, @(2, 3)) }} | Invoke-ExperimentSweep -Path '{folder}' {{ 1 }}", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Functions_aliases_and_drives_of_a_run_are_gone_in_the_next()
    {
        PSObject[] rows = Sweep("New-ExperimentGrid @{ X = 1, 2 }",
            "-ThrottleLimit 1 { $had = @(Get-Command left, leftover -ErrorAction Ignore).Count; function global:left { 1 }; $null = $ExecutionContext.InvokeProvider.Item.Set('alias:leftover', 'left'); function global:prompt { 'x' }; "
            + "$drive = $ExecutionContext.SessionState.Drive; if (@($drive.GetAll() | Where-Object Name -EQ 'Mine').Count) { $had++ }; "
            + "$null = $drive.New([Management.Automation.PSDriveInfo]::new('Mine', $drive.Get('Env').Provider, '', '', $null), 'global'); [pscustomobject]@{ Had = $had } }");
        Assert.All(rows, row => Assert.Equal("Done", Value(row, "Status")));
        Assert.All(rows, row => Assert.Equal(0, Value(row, "Had")));
    }

    [Fact]
    public void Text_that_is_written_as_a_number_is_one_and_other_text_stays_apart()
    {
        PSObject[] rows = Sweep("'1.1', '1.10', '1e1', '10', '010' | ForEach-Object { [pscustomobject]@{ X = $_ } }", "{ [pscustomobject]@{ Twice = $_.X + $_.X; Type = $_.X.GetType().Name } }");
        Assert.Equal(["Double 2.2", "Int32 20", "String 010010", "String 1.101.10", "String 1e11e1"],
            rows.Select(row => $"{Value(row, "Type")} {Convert.ToString(Value(row, "Twice"), CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Cells_of_a_CSV_file_fit_switches_and_come_first_by_their_numbers()
    {
        string table = folder + ".csv";
        try
        {
            File.WriteAllText(table, "X,Flag,P\n1,True,9\n2,False,10\n3,True,100\n");
            PSObject[] rows = module.Run(
                $"function Flagged([int]$X, [switch]$Flag, $P) {{ [pscustomobject]@{{ Y = if ($Flag) {{ $X }} else {{ -$X }} }} }}; "
                + $"[IO.File]::ReadAllLines('{table}')[1..3] | ForEach-Object {{ $x, $flag, $p = $_.Split(','); [pscustomobject]@{{ X = $x; Flag = $flag; P = $p }} }} | Invoke-ExperimentSweep '{folder}' -Command Flagged -Priority P -ThrottleLimit 1");
            Assert.Equal([3, -2, 1], rows.Select(row => Value(row, "Y")));
        }
        finally
        {
            File.Delete(table);
        }
    }

    [Fact]
    public void A_variable_of_the_session_that_a_block_reads_is_warned_of()
    {
        PSObject[] rows = module.Run($"$k = 5; @{{ X = 1 }} | Invoke-ExperimentSweep '{folder}' -WarningVariable warned -WarningAction SilentlyContinue {{ $y = $_.X; foreach ($i in 1..2) {{ $y += $i }}; [pscustomobject]@{{ Y = $y + $k }} }}; $warned");
        Assert.Contains("$k is a variable of this session", Assert.Single(rows, row => row.BaseObject is WarningRecord).ToString(), StringComparison.Ordinal);
    }
}
