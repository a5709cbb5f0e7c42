using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What a sweep, and what makes its points, refuses or warns of before anything runs.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepInputTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-input-").FullName;

    private string Sweep => Path.Combine(folder, "sweep");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The console's worker executes the runs. A run that is done under one name is done under the others.
    [Fact]
    public void A_sweep_runs_in_a_session_that_imported_the_module_with_a_prefix()
    {
        const string points = "New-FooExperimentGrid @{ LatentSize = 2; Epochs = 1 }";
        HostRun run = HostProcess.Run("-Command", $$"""
            Remove-Module ReparamPS
            Import-Module '{{ModuleRunspace.ManifestPath}}' -Prefix Foo
            ({{points}} | Invoke-FooExperimentSweep '{{Sweep}}' -Command Invoke-FooVaeTraining).Status
            ({{points}} | Invoke-FooExperimentSweep '{{Sweep}}' -Command invoke-vaetraining -BatchRuns 2).Attempt
            (New-FooExperimentGrid @{ X = 3 } | Invoke-FooExperimentSweep '{{folder}}/script' { (New-FooTensor $_.X).pow(2) }).Value
            """);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output);
        Assert.Equal(["Done", "1", "9"], run.Lines);
        string again = $"New-ExperimentGrid @{{ LatentSize = 2; Epochs = 1 }} | Invoke-ExperimentSweep '{Sweep}' -Command Invoke-VaeTraining -WhatIf";
        Assert.Equal(0, module.Get<int>($"({again}).ToRun"));
    }

    [Theory]
    [InlineData("@{ X = 1 }", "{ }", "The script block is empty, so its runs return nothing.")]
    [InlineData("@{ X = 1, 2 }", "{ $_.X }", "The property X holds a list. The input is one point, so one run gets the whole list. For one run per value, pipe New-ExperimentGrid @{ X = … }.")]
    [InlineData("(New-ExperimentGrid @{ X = 1, 2 })", "{ $_.X }", "")]
    [InlineData("@{ X = 1, 2 }, @{ X = 3, 4 }", "{ $_.X }", "")]
    public void A_sweep_that_is_probably_not_meant_is_a_warning(string points, string block, string warning) =>
        Assert.Equal(warning, module.Get<string>($"\"$({points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {block} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\""));

    [Theory]
    [InlineData("New-NormalDistribution 0 1")]
    [InlineData("@{ X = { 1 } }")]
    [InlineData("@{ X = New-NormalDistribution 0 1 }")]
    public void A_refused_point_is_an_error_alone(string point)
    {
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun($"{point} | Invoke-ExperimentSweep '{Sweep}' {{ 1 }} 3>&1");
        Assert.Single(errors);
        Assert.Empty(output);
    }

    private string WarningsOf(string call) => module.Get<string>($"\"$({call} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\"");

    // Only what surely is not read: other scripts see $_, the folder of a run holds its settings, and a setting with one value may be a note.
    [Theory]
    [InlineData("{ $_.X }", "The setting Seed has no effect on the runs, because the script block does not read $_.Seed. Read it in the script, such as in Invoke-Sample -Seed $_.Seed, or remove it from the points.")]
    [InlineData("{ 1 }", "The settings X and Seed have no effect on the runs, because the script block does not read $_.X or $_.Seed. Read them in the script, such as in Invoke-Sample -Seed $_.Seed, or remove them from the points.")]
    [InlineData("{ $_.X + $_.Seed }", "")]
    [InlineData("{ $point = $_; $point.X }", "")]
    [InlineData("{ $_ }", "")]
    [InlineData("{ ./train.ps1 }", "")]
    [InlineData("{ . ./train.ps1; $_.X }", "")]
    [InlineData("{ & $_.X }", "")]
    [InlineData("{ python train.py $RunPath }", "")]
    [InlineData("{ param($X, $Seed, $Note) 1 }", "")]
    [InlineData("{ $_.X; (Get-Variable _).Value }", "")]
    public void A_setting_that_a_script_does_not_read_is_a_warning(string block, string warning) =>
        Assert.Equal(warning, WarningsOf($"New-ExperimentGrid @{{ X = 1, 2; Note = 'a' }} -Repeat 2 | Invoke-ExperimentSweep '{Sweep}' -WhatIf {block}"));

    [Fact]
    public void Rows_of_runs_as_points_are_one_warning_that_names_their_settings()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Y = $_.X; Seconds = 1 }} }}");
        string Again(string select) => WarningsOf($"Get-ExperimentRun '{Sweep}' {select} | Invoke-ExperimentSweep '{folder}/again' -WhatIf {{ $_.X }}");
        Assert.StartsWith("The input is rows of runs, so their results, such as RunSeconds, become settings too. To pass only the settings, pipe through Select-Object X.", Again(""), StringComparison.Ordinal);
        Assert.StartsWith("The input is rows of runs, so their results, such as RunSeconds, become settings too. To pass only the settings, pipe through Select-Object with their names.", Again("| ForEach-Object { [pscustomobject]@{ RunId = $_.RunId; X = $_.X; RunSeconds = $_.RunSeconds } }"), StringComparison.Ordinal);
        Assert.Equal("", Again("| ForEach-Object { [pscustomobject]@{ X = $_.X } }"));
    }

    [Theory]
    [InlineData(";", "';'", "';'")]
    [InlineData("\t", "a tab", "\"`t\"")]
    public void Points_of_a_file_that_was_read_with_another_delimiter_are_an_error_that_names_it(string delimiter, string said, string typed)
    {
        string message = module.Fails($"[pscustomobject]@{{ ('Rate{delimiter}Epochs') = '1{delimiter}2' }} | Invoke-ExperimentSweep '{Sweep}' {{ $_.Rate * 2 }}", "InvalidArgument").ToString(), shown = delimiter.Replace("\t", "\\t", StringComparison.Ordinal);
        Assert.Equal($"$_.Rate is not a setting of the points (line 1 of the script block). They have the setting 'Rate{shown}Epochs'. The delimiter of the file may be {said}: import the file with -Delimiter {typed}.", message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-MaxBudget 9")]
    [InlineData("-MaxBudget 9 -Metric Y")]
    public void A_strategy_with_Resume_is_refused_for_Resume(string options)
    {
        module.Run($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }}");
        Assert.StartsWith("Strategy cannot be combined with Resume", module.Fails($"Invoke-ExperimentSweep '{Sweep}' -Resume -Strategy Hyperband {options}", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_pipeline_is_a_warning() =>
        Assert.Equal("No point (an object with the settings of a run) arrived from the pipeline, so there is nothing to run. Check the command before the pipe.", module.Get<string>($"(@() | Invoke-ExperimentSweep '{Sweep}' {{ 1 }} 3>&1).Message"));

    [Theory]
    [InlineData("{ Get-Own $_.X }", "The script block calls Get-Own, a function of this session. Runs execute in another process, where it does not exist. Define it inside the script or function that runs, or import its module there.")]
    [InlineData("{ @(1..$_.X | ForEach-Object { get-own $_ }) }", "The script block calls get-own, a function of this session. Runs execute in another process, where it does not exist. Define it inside the script or function that runs, or import its module there.")]
    [InlineData("{ function Get-Own($x) { $x }; Get-Own $_.X }", "")]
    [InlineData("{ . ./own.ps1; Get-Own $_.X }", "")]
    [InlineData("{ $null = Get-Command help; New-Tensor $_.X; cd.. }", "")]
    public void A_function_of_the_session_is_a_warning_before_the_runs(string block, string warning) =>
        Assert.Equal(warning, module.Get<string>($"function Get-Own($x) {{ $x }}; \"$(New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf {block} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\""));

    [Fact]
    public void Equal_points_of_a_call_are_a_warning_and_a_repeated_call_is_not()
    {
        string Warnings(string points) => module.Get<string>($"\"$({points} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ $_.X }} 3>&1 | Where-Object {{ $_ -is [Management.Automation.WarningRecord] }})\"");
        Assert.Equal("2 of 4 points repeat earlier ones and are left out, because equal points are one run. For repetitions, use New-ExperimentGrid -Repeat, which numbers them in the setting Seed.", Warnings("New-ExperimentGrid @{ X = 1, 1, 2, 1.0 }"));
        Assert.Equal("", Warnings("New-ExperimentGrid @{ X = 1, 2 }"));
    }

    [Theory]
    [InlineData("Invoke-ExperimentSweep sweep '{ 1 }'", "Expected a script block, such as { $_.X * 2 }; got '{ 1 }'. Leave out the quotes.")]
    [InlineData("Invoke-ExperimentSweep sweep 'Get-Date'", "Expected a script block, such as { $_.X * 2 }; got 'Get-Date'.")]
    [InlineData("New-ExperimentGrid @{ X = 1 } -Condition ' { $_.X }'", "Expected a script block, such as { $_ * 2 }; got ' { $_.X }'. Leave out the quotes.")]
    public void Text_instead_of_a_script_block_is_an_error_with_the_right_call(string call, string message) =>
        Assert.EndsWith(message, module.Fails(call, "ParameterArgumentTransformationError").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("'python train.py'", "Command must be the name of a cmdlet or function, without arguments; got 'python train.py'. To run a program, give a script block: { python train.py }.")]
    [InlineData("'{ $_.X }'", "Command must be the name of a cmdlet or function, without arguments; got '{ $_.X }'. To run a program, give a script block: { $_.X }.")]
    [InlineData("pwsh", "Command must be a cmdlet or a function; 'pwsh' is of type Application. To run a program, give a script block: { pwsh }.")]
    [InlineData("Get-Nothing", "Command: this session has no cmdlet or function 'Get-Nothing'. Check the name, or import its module first.")]
    public void A_command_that_is_not_a_name_is_an_error_with_the_right_call(string command, string message) =>
        Assert.Equal(message, module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -Command {command}", "InvalidArgument").ToString());

    [Theory]
    [InlineData("{ Get-Own }")]
    [InlineData("{ param($X) Get-Own }")]
    [InlineData("-Command Get-Twice")]
    public void A_run_that_calls_a_function_of_the_session_says_that_it_does_not_see_it(string command)
    {
        string message = module.Get<string>($"function Get-Own {{ 1 }}; function Get-Twice($X) {{ Get-Own }}; (@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {command}).Message");
        Assert.Contains("A run does not see functions of the session: define the function in the script", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_piped_to_Resume_are_one_error_and_nothing_runs()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -MaxRuns 1 -ThrottleLimit 1 {{ $_.X }}");
        string message = module.Fails($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1", "InvalidArgument").ToString();
        Assert.StartsWith("Resume reads the points from the folder", message, StringComparison.Ordinal);
        Assert.Equal(1, module.Get<int>($"@(Get-ExperimentRun '{Sweep}' -Status Done).Count"));
    }

    [Theory]
    [InlineData("-TimeBudget '-00:00:01'", "TimeBudget must be a duration of at least 00:00:00, such as 00:30:00 for 30 minutes; got -00:00:01.")]
    [InlineData("-Engine Slurm -TimeLimit '-00:00:01'", "TimeLimit must be a duration above 00:00:00, such as 01:00:00 for one hour; got -00:00:01.")]
    [InlineData("-Engine Slurm -TimeLimit 00:00:00", "TimeLimit must be a duration above 00:00:00, such as 01:00:00 for one hour; got 00:00:00.")]
    [InlineData("-Device gpu", "Device must be cpu, cuda or cuda:N (N = 0, 1, …); got 'gpu'.")]
    [InlineData("-Device cpu, cuda:x", "Device must be cpu, cuda or cuda:N (N = 0, 1, …); got 'cuda:x'.")]
    public void An_option_that_cannot_work_is_refused(string options, string says)
    {
        Assert.Equal(says, module.Fails($"New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {options} {{ $_.X }}", "InvalidArgument").ToString());
        Assert.False(Directory.Exists(Sweep));
    }

    [Theory]
    [InlineData("-Seed 3 { [pscustomobject]@{ Y = $_.X } }", "Seed requires a command or script with a parameter Seed; the script has none. Add it to the script's param block, or leave out -Seed.")]
    [InlineData("-Generator Philox { param($X) $X }", "Generator requires a command or script with a parameter Generator; the script has none. Add it to the script's param block, or leave out -Generator.")]
    [InlineData("-Seed 3 -Command Get-TorchEnvironment", "Seed requires a command or script with a parameter Seed; 'Get-TorchEnvironment' has none. Leave out -Seed.")]
    public void A_default_that_no_run_can_get_is_refused(string options, string says)
    {
        Assert.Equal(says, module.Fails($"New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {options}", "InvalidArgument").ToString());
        Assert.False(Directory.Exists(Sweep));
    }

    [Fact]
    public void Resume_takes_no_other_seed()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -MaxRuns 1 -ThrottleLimit 1 -Seed 3 {{ param($X, $Seed) $X }}");
        Assert.Equal("Seed cannot be combined with Resume: the points in the folder have their settings. Leave out -Seed.", module.Fails($"Invoke-ExperimentSweep '{Sweep}' -Resume -Seed 4", "InvalidArgument").ToString());
    }

    [Theory]
    [InlineData("$_.X", "Add it as a property to the objects that you pipe to the sweep, and read it from $_.")]
    [InlineData("param($X) $X", "Make it a parameter, and add it as a property to the objects that you pipe to the sweep.")]
    public void A_variable_of_the_session_in_a_function_is_an_error_of_Command(string body, string advice) => Assert.Equal(
        $"Command: $using:own is a variable of this session. Runs execute in another process, where it is not set. {advice}",
        module.Fails($"function Get-OwnTwice {{ {body} + $using:own }}; @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -Command Get-OwnTwice", "InvalidArgument").ToString());

    [Fact]
    public void A_function_is_named_as_the_one_that_calls_another() => Assert.StartsWith(
        "The function Get-Caller calls Get-Own, a function of this session.", Assert.Single(Warnings($"function Get-Own {{ 1 }}; function Get-Caller($X) {{ Get-Own }}; @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf -Command Get-Caller")), StringComparison.Ordinal);

    [Theory]
    [InlineData("@{ A = 1 }", "a hashtable")]
    [InlineData("1, @{ A = 1 }", "a hashtable")]
    [InlineData("1, @(2, 3)", "a list within a list")]
    [InlineData("[pscustomobject]@{ A = 1 }", "a row with the column A")]
    [InlineData("(New-NormalDistribution)", "'Normal(Loc: 0, Scale: 1)' of type Normal")]
    [InlineData("(New-Tensor 1, 2)", "the tensor '[1, 2]'")]
    public void A_setting_that_cannot_be_passed_on_is_named_in_words(string value, string got) => Assert.Equal(
        $"X: a setting must be a number, a string, a Boolean, a date, or a list of them; got {got}. Runs execute in another process, which gets its settings as text.",
        module.Fails($"@{{ X = {value} }} | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }}", "InvalidArgument").ToString());

    [Theory]
    [InlineData("@{ X = 1 }", "Condition: the only point does not meet it. Relax the condition, or change the space.")]
    [InlineData("@{ X = 1, 2 }", "Condition: none of the 2 points meets it. Relax the condition, or change the space.")]
    public void Points_that_no_condition_keeps_are_counted_in_words(string space, string warning) =>
        Assert.Equal(warning, Assert.Single(Warnings($"New-ExperimentGrid {space} -Condition {{ $_.X -gt 5 }}")));

    [Fact]
    public void A_pipeline_without_points_is_a_warning() => Assert.Equal(
        "No point (an object with the settings of a run) arrived from the pipeline, so there is nothing to run. Check the command before the pipe.", Assert.Single(Warnings($"@() | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }}")));

    [Theory]
    [InlineData("[pscustomobject]@{ Loss = $_.X }", true)]
    [InlineData("[pscustomobject]@{ Loss = $_.X / $_.Epochs }", false)]
    [InlineData("$point = $_; [pscustomobject]@{ Loss = $point.X / $point.Epochs }", false)]
    public void A_script_that_ignores_the_budget_of_its_strategy_is_a_warning(string script, bool warns)
    {
        string[] warnings = Warnings($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -Strategy SuccessiveHalving -Metric Loss -MaxBudget 3 -WhatIf {{ {script} }}");
        Assert.Equal(warns, warnings.Any(text => text.StartsWith("The script block does not read $_.Epochs, the budget", StringComparison.Ordinal)));
    }

    [Fact]
    public void Other_scripts_in_the_folder_are_mentioned_only_if_the_call_goes_on()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ $_.X }}");
        string other = $"New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {{ 2 * $_.X }}";
        Assert.Contains(Warnings($"{other} -WhatIf"), text => text.StartsWith("The folder also holds runs of another script", StringComparison.Ordinal));
        Assert.Empty(Warnings($"try {{ {other} -Pruner Median }} catch {{ }}"));
    }

    [Fact]
    public void A_run_id_that_no_run_has_is_an_error_and_a_pattern_is_not()
    {
        module.Run($"New-ExperimentGrid @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ThrottleLimit 1 {{ $_.X }}");
        (PSObject[] output, ErrorRecord[] errors) = module.TryRun($"Get-ExperimentRun '{Sweep}' -RunId zzz, ((Get-ExperimentRun '{Sweep}').RunId)");
        Assert.Single(output);
        Assert.StartsWith("No run has the id 'zzz'.", Assert.Single(errors).ToString(), StringComparison.Ordinal);
        Assert.Empty(module.Run($"Get-ExperimentRun '{Sweep}' -RunId zzz*; Get-ExperimentRun '{Sweep}' -RunId ((Get-ExperimentRun '{Sweep}').RunId) -Status Failed"));
    }

    [Theory]
    [InlineData("@{ A = @{ Min = 1; Max = 3 } }")]
    [InlineData("@{ A = 1, @{ Min = 1; Max = 3 } }")]
    [InlineData("([pscustomobject]@{ A = @{ Min = 1; Max = 3 } })")]
    public void A_range_in_a_grid_is_refused(string space) => Assert.StartsWith(
        "A: a grid takes a value or a list of values; got a dictionary.", module.Fails($"New-ExperimentGrid {space}", "InvalidArgument").ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-ExperimentGrid @{ Rate = 1, 2 }")]
    [InlineData("New-ExperimentSearch @{ Rate = @{ Min = 1.0; Max = 2.0 } } -Count 2")]
    public void A_condition_on_a_name_that_is_not_a_setting_says_so(string command)
    {
        Assert.Contains("$_.Rat is not a setting of the points (line 1 of Condition). Did you mean Rate?", module.Fails($"{command} -Condition {{ $_.Rat -gt 0 }}", "InvalidArgument").ToString(), StringComparison.Ordinal);
        Assert.Equal(["$_.Z is not a setting of the points (line 1 of Condition), so it is null. Their settings: Rate."], Warnings($"{command} -Condition {{ $_.Z -gt 10 }} -ErrorAction SilentlyContinue").Except(["Condition: none of the 2 points meets it. Relax the condition, or change the space."]));
        Assert.Equal(2, module.Run($"{command} -Condition {{ $_.Rate -gt 0 }}").Length);
    }

    [Theory]
    [InlineData("{ $X * 2 }", "$X is not set (line 1 of the script block). The setting X is $_.X.")]
    [InlineData("{ 1\n $Point.X * 2 }", "$Point is not set (line 2 of the script block). The setting X is $_.X.")]
    [InlineData("{ $_['X'] * 2 }", "$_['X'] is null (line 1 of the script block). Write $_.X.")]
    [InlineData("{ $_[\"Z 2\"] }", "$_['Z 2'] is null (line 1 of the script block). Write $_.'Z 2'.")]
    [InlineData("{ $args[0] * 2 }", "$args is empty (line 1 of the script block). Settings are read from $_, such as $_.X.")]
    [InlineData("{ $_ * 2 }", "$_ holds all settings and is not a number (line 1 of the script block). Read one of them, such as $_.X.")]
    [InlineData("{ 2 - $_ }", "$_ holds all settings and is not a number (line 1 of the script block). Read one of them, such as $_.X.")]
    [InlineData("{ param($X, ${Z 2}) $_.X * 2 }", "$_.X is null (line 1 of the script block). A script with a param block gets its settings as parameters: write $X.")]
    [InlineData("{ $_.X } -Priority { $_['X'] }", "$_['X'] is null (line 1 of Priority). Write $_.X.")]
    [InlineData("{ $Own * $_.X }", "ScriptBlock: $Own is a variable of this session.")]
    [InlineData("{ $X = $_.X; $X; $_ | ForEach-Object { $_['X'] * $_ }; & { $args[0] } 1; \"$_\"; $Own = $_; $Own.X }")]
    [InlineData("{ . ./settings.ps1; $X }")]
    [InlineData("{ Get-Item . -OutVariable Point; $Point.X }")]
    [InlineData("{ function F($X) { $X * 2 }; F $_.X }")]
    [InlineData("{ $_.X } -Priority { $_.X * $Own }")]
    public void A_setting_that_is_read_in_a_way_that_yields_null_is_one_warning(string block, params string[] warnings)
    {
        module.Forget("X", "Point");
        string[] found = Warnings($"$Own = 2; New-ExperimentGrid ([ordered]@{{ X = 1, 2; 'Z 2' = 3 }}) | Invoke-ExperimentSweep '{Sweep}' -WhatIf {block}");
        Assert.Equal(warnings.Length, found.Length);
        foreach ((string warning, string each) in warnings.Zip(found)) Assert.StartsWith(warning, each, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ $w = @(0, 0); $w[$Own] = 1; $w[0] }")]
    [InlineData("{ $Own.X = 1; $Own }")]
    [InlineData("{ $Own = $Own | ForEach-Object { $_ * 2 }; $Own }")]
    [InlineData("{ if ($_.X -eq 1) { $Own = 1 }; $Own }")]
    public void A_variable_of_the_session_on_the_left_of_an_assignment_is_one_warning(string block) =>
        Assert.StartsWith("ScriptBlock: $Own is a variable of this session.", Assert.Single(Warnings($"$Own = 1; New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf {block}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{ if ($_.X -eq 1) { $Own = 1 } elseif ($_.X -eq 2) { $Own = 2 } else { throw 'X' }; $Own }")]
    [InlineData("{ switch ($_.X) { 1 { $Own = 1 } default { $Own = 2 } }; $Own }")]
    [InlineData("{ try { $Own = $_.X } catch { $Own = 1 } finally { $null = 1 }; $Own }")]
    [InlineData("{ do { $Own = $_.X } until ($Own -gt 0); $Own }")]
    [InlineData("{ foreach ($Own in 1, $_.X) { $Own }; $Own }")]
    [InlineData("{ for ($Own = 0; $Own -lt $_.X; $Own++) { $Own } }")]
    [InlineData("{ $_.X | ForEach-Object -Begin { $Own = 0 } -Process { $Own += $_ } -End { $Own } }")]
    [InlineData("{ . { $Own = $_.X }; \"$Own\" }")]
    [InlineData("{ function F($Own) { $Own * 2 }; F $_.X }")]
    [InlineData("{ $Own ??= $_.X; $Own }")]
    public void A_variable_that_a_script_always_sets_before_it_reads_it_is_no_warning(string block) =>
        Assert.Empty(Warnings($"$Own = 1; New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf {block}"));

    [Fact]
    public void A_variable_of_the_session_in_a_closure_is_one_warning() =>
        Assert.StartsWith("ScriptBlock: $Closed is a variable of this session.", Assert.Single(Warnings($"$block = & {{ $Closed = 1; {{ $_.X * $Closed }}.GetNewClosure() }}; New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf $block")), StringComparison.Ordinal);

    [Fact]
    public void A_variable_of_the_session_in_a_function_is_one_warning() =>
        Assert.EndsWith("Make it a parameter, and add it as a property to the objects that you pipe to the sweep.", Assert.Single(Warnings($"$Own = 1; function Get-Scaled($X) {{ $X * $Own }}; New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf -Command Get-Scaled")), StringComparison.Ordinal);

    // The same warning for files, functions, and points made of plain values.
    [Fact]
    public void A_file_and_a_function_that_read_a_variable_are_warned_of()
    {
        module.Forget("X");
        string script = Path.Combine(folder, "read.ps1");
        File.WriteAllText(script, "$X * 2");
        Assert.Equal([$"$X is not set (line 1 of '{script}'). The setting X is $_.X."], Warnings($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf -ScriptPath '{script}'"));
        Assert.Equal(["$X is not set (line 1 of the function Read-X). The setting X is $_.X."], Warnings($"function Read-X {{ $X * 2 }}; @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -WhatIf -Command Read-X"));
        Assert.Equal(["$_ holds all settings and is not a number (line 1 of the script block). Read one of them, such as $_.Value."], Warnings($"1, 2 | Invoke-ExperimentSweep '{Sweep}' -WhatIf {{ $_ * 2 }}"));
    }

    [Theory]
    [InlineData("{ $_.X -gt 2 }", "Condition: none of the 2 points meets it. Relax the condition, or change the space.")]
    [InlineData("{ $_.X = 1 }", "Condition: none of the 2 points meets it. '$_.X = 1' assigns a value. To compare, write -eq.")]
    [InlineData("{ $X -gt 1 }", "$X is not set (line 1 of Condition). The setting X is $_.X.", "Condition: none of the 2 points meets it. Relax the condition, or change the space.")]
    [InlineData("{ $_['X'] -gt 1 }", "$_['X'] is null (line 1 of Condition). Write $_.X.", "Condition: none of the 2 points meets it. Relax the condition, or change the space.")]
    [InlineData("{ $_.X -gt 1 }")]
    [InlineData("{ $_.X -gt $own 2> $null > $null; $true }")]
    public void A_condition_that_no_point_meets_is_warned_of(string condition, params string[] warnings)
    {
        module.Forget("X");
        Assert.Equal(warnings, Warnings($"$own = 1; @{{ X = 1 }}, @{{ X = 2 }} | New-ExperimentGrid -Condition {condition}").Distinct());
    }

    [Theory]
    [InlineData("New-ExperimentGrid @{ X = 1, 2 }")]
    [InlineData("New-ExperimentSearch @{ X = 1, 2 } -Count 1")]
    public void A_condition_that_writes_a_file_is_refused(string command) =>
        Assert.Equal("Condition: '> 1' writes a file. To compare, write -gt.", module.Fails(command + " -Condition { $_.X > 1 }", "InvalidArgument").ToString());

    [Theory]
    [InlineData("sweep.py")]
    [InlineData("notes")]
    public void A_script_of_another_language_is_refused(string name)
    {
        File.WriteAllText(Path.Combine(folder, name), "print(1)");
        Assert.Equal($"ScriptPath must end in .ps1; got '{name}'.", module.Fails($"@{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' -ScriptPath '{Path.Combine(folder, name)}'", "InvalidArgument").ToString());
        Assert.False(Directory.Exists(Sweep));
    }

    [Theory]
    [InlineData("Compare-ExperimentRun $row $row", "Path is the folder of the sweep; pipe the two rows, or give -RunId.")]
    [InlineData("Measure-ExperimentRun $row X", "Path is the folder of the sweep; pipe the rows instead.")]
    [InlineData("Export-ExperimentReport $row x.html", "Path is the folder of the sweep.")]
    public void A_row_instead_of_the_folder_of_a_sweep_says_so(string call, string says)
    {
        module.Run($"$row = @{{ X = 1 }} | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }}");
        Assert.EndsWith($"Expected text; got a row of Get-ExperimentRun. {says}", module.Fails(call, "ParameterArgumentTransformationError").ToString(), StringComparison.Ordinal);
    }

    private string[] Warnings(string script) => [.. module.Run($"& {{ $null = $({script}) }} 3>&1").Select(each => each.ToString()!)];
}
