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

    [Fact]
    public void A_pipeline_without_points_is_a_warning() => Assert.Equal(
        "No point arrived from the pipeline, so there is nothing to run.", Assert.Single(Warnings($"@() | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }}")));

    [Theory]
    [InlineData("[pscustomobject]@{ Loss = $_.X }", true)]
    [InlineData("[pscustomobject]@{ Loss = $_.X / $_.Epochs }", false)]
    [InlineData("$point = $_; [pscustomobject]@{ Loss = $point.X / $point.Epochs }", false)]
    public void A_script_that_ignores_the_budget_of_its_strategy_is_a_warning(string script, bool warns)
    {
        string[] warnings = Warnings($"New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{Sweep}' -Strategy SuccessiveHalving -Metric Loss -MaxBudget 3 -WhatIf {{ {script} }}");
        Assert.Equal(warns, warnings.Any(text => text.StartsWith("The script does not read $_.Epochs, the budget", StringComparison.Ordinal)));
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
        Assert.Equal(["$_.Z is not a setting of the points (line 1 of Condition), so it is null. Their settings: Rate."], Warnings($"{command} -Condition {{ $_.Z -gt 10 }} -ErrorAction SilentlyContinue"));
        Assert.Equal(2, module.Run($"{command} -Condition {{ $_.Rate -gt 0 }}").Length);
    }

    private string[] Warnings(string script) => [.. module.Run($"& {{ $null = $({script}) }} 3>&1").Select(each => each.ToString()!)];
}
