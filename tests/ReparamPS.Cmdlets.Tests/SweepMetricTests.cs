using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>A metric that rows lack, or have only now and then, and the options that need a metric.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepMetricTests(ModuleRunspace module) : IDisposable
{
    private const string Pruner = "-Pruner Median -Minimize -StartupRuns 1", Hyperband = "-Strategy Hyperband -Minimize -MaxBudget 4";
    private const string Rows = "{ if ($_.Epochs) { } foreach ($step in 1..3) { [pscustomobject]@{ Step = $step; Loss = 10 * $_.A - $step; Nothing = $null } } }";

    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-metric-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string Call(string points, string arguments, string block) => $"{points} | ForEach-Object {{ @{{ A = $_ }} }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 {arguments} {block}";

    private string[] Run(string points, string arguments, string block) =>
        [.. module.Run(Call(points, arguments, block)).OrderBy(row => row.Properties["A"].Value).Select(row => $"{row.Properties["A"].Value} {row.Properties["Status"].Value} {row.Properties["Step"]?.Value}")];

    [Theory]
    [InlineData(Pruner, "Los", Rows, "the rows of the runs have no column 'Los'; they have Step, Loss, Nothing. Did you mean Loss?")]
    [InlineData(Pruner, "Nothing", Rows, "the column 'Nothing' holds no number in the rows of the runs. Columns with numbers: Step, Loss.")]
    [InlineData(Pruner, "Loss", "{ }", "the runs returned no rows, so they have no column 'Loss'.")]
    [InlineData(Hyperband, "Los", Rows, "the rows of the runs have no column 'Los'; they have Step, Loss, Nothing. Did you mean Loss?")]
    [InlineData(Hyperband, "Nothing", Rows, "the column 'Nothing' holds no number in the rows of the runs. Columns with numbers: Step, Loss.")]
    [InlineData(Hyperband, "Loss", "{ if ($_.Epochs) { } }", "the runs returned no rows, so they have no column 'Loss'.")]
    public void A_metric_that_no_run_has_is_an_error_and_harms_no_run(string arguments, string metric, string block, string says)
    {
        ErrorRecord error = module.Fails(Call("6, 5, 4, 3", $"{arguments} -Metric {metric}", block), "InvalidArgument");
        Assert.StartsWith("Metric: " + says, error.Exception.Message, StringComparison.Ordinal);
        if (arguments == Pruner) Assert.Equal(0, module.Get<int>($"(Get-ExperimentSweep '{folder}').Pruned"));
        if (block == Rows) Assert.Equal("3 Done 3", Run("6, 5, 4, 3", $"{arguments} -Metric Loss", block)[0]);
    }

    [Fact]
    public void A_sweep_with_a_mistyped_metric_continues_with_the_right_one()
    {
        module.Fails(Call("3, 4, 5, 6, 7", Pruner + " -Metric Los", Rows), "InvalidArgument");
        Assert.Equal(["3 Done 3", "4 Done 3", "5 Done 3", "6 Pruned 1", "7 Pruned 1"], Run("3, 4, 5, 6, 7", Pruner + " -Metric Loss", Rows));
        // Finished runs tell that a metric is wrong before the next run starts.
        module.Fails(Call("3, 4, 5, 6, 7, 8", Pruner + " -Metric Los", Rows), "InvalidArgument");
        Assert.Equal(5, module.Get<int>($"(Get-ExperimentSweep '{folder}').Total"));
    }

    // With reports at steps 2 and 4 only, the median of 56 and 46 at step 2 stops run 9, and nothing stops a run at step 1.
    [Fact]
    public void A_metric_of_every_second_row_is_compared_there()
    {
        const string block = "{ foreach ($step in 1..4) { [pscustomobject]@{ Step = $step; Loss = if ($step % 2 -eq 0) { 10 * $_.A - $step } } } }";
        Assert.Equal(["3 Done 4", "5 Done 4", "6 Done 4", "9 Pruned 2"], Run("6, 5, 3, 9", Pruner + " -Metric Loss", block));
    }

    [Fact]
    public void The_row_of_a_sweep_is_measured_as_its_folder()
    {
        Run("1, 2", "", Rows);
        static string[] Text(PSObject[] rows) => [.. rows.Select(row => string.Join(' ', row.Properties.Select(property => $"{property.Name}={property.Value}")))];
        Assert.Equal(2, module.Run($"Measure-ExperimentRun '{folder}' Loss -Minimize").Length);
        Assert.Equal(Text(module.Run($"Measure-ExperimentRun '{folder}' Loss -Minimize")), Text(module.Run($"Get-ExperimentSweep '{folder}' | Measure-ExperimentRun Loss -Minimize")));
        // The rows have Loss, whose direction is known.
        Assert.Equal(Text(module.Run($"Measure-ExperimentRun '{folder}' Loss -Minimize")), Text(module.Run($"Get-ExperimentSweep '{folder}' | Measure-ExperimentRun")));
        Assert.Equal(Text(module.Run($"Measure-ExperimentRun '{folder}' Loss -Minimize")), Text(module.Run($"Measure-ExperimentRun '{folder}'")));
    }

    [Theory]
    [InlineData("-Metric Loss")]
    [InlineData("-Maximize")]
    [InlineData("-Minimize")]
    public void An_option_of_a_comparison_requires_one(string arguments)
    {
        string name = arguments[1..].Split(' ')[0];
        Assert.StartsWith($"{name} requires -Strategy or -Pruner.", module.Fails(Call("1", arguments, Rows), "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
        Run("1", "", Rows);
        Assert.StartsWith($"With -Resume, {name} requires -Pruner", module.Fails($"Invoke-ExperimentSweep '{folder}' -Resume {arguments}", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        PSObject[] rows = module.Run($"try {{ $PSDefaultParameterValues['Invoke-ExperimentSweep:{name}'] = {(name == "Metric" ? "'Loss'" : "$true")}; Invoke-ExperimentSweep '{folder}' -Resume }} finally {{ $PSDefaultParameterValues.Clear() }}");
        Assert.Single(rows);
    }

    // The mean of equal numbers may differ from them by rounding.
    [Theory]
    [InlineData("0.1", 0)]
    [InlineData("0.7e-200", 0)]
    [InlineData("0.1 + $_ * 1e-12", 1)]
    public void A_metric_that_does_not_vary_has_no_effects(string value, double share)
    {
        object found = module.Run($"1..3 | ForEach-Object {{ [pscustomobject]@{{ G = $_; M = {value} }} }} | Measure-ExperimentRun M -GroupBy G -Effect -Maximize")[0].Properties["Share"].Value;
        Assert.Equal(share, (double)found, 6);
    }

    [Theory]
    [InlineData("[DBNull]::Value")]
    [InlineData("[char]'x'")]
    public void What_is_no_number_is_missing(string value)
    {
        PSObject group = Assert.Single(module.Run($"@{{ G = 1; M = 1.5 }}, @{{ G = 1; M = {value} }} | ForEach-Object {{ [pscustomobject]$_ }} | Measure-ExperimentRun M -GroupBy G -Maximize"));
        Assert.Equal((1, 1, 1.5), ((int)group.Properties["Count"].Value, (int)group.Properties["Missing"].Value, (double)group.Properties["Mean"].Value));
    }

    [Fact]
    public void The_largest_decimal_is_a_setting() =>
        Assert.Single(module.Run("@{ X = [decimal]::MaxValue } | New-ExperimentGrid -Repeat 1"));

    [Fact]
    public void A_tensor_of_one_number_is_a_number_in_a_row() =>
        Assert.Equal(2.5, Assert.IsType<double>(Assert.Single(module.Run("[pscustomobject]@{ G = 1; Loss = (New-Tensor (,2.5)) } | Measure-ExperimentRun Loss -GroupBy G -Maximize")).Properties["Mean"].Value));

    private string Noisy() => $"$null = New-ExperimentGrid @{{ A = 1, 2; B = 'x', 'y' }} -Repeat 2 | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 {{ foreach ($step in 1, 2) {{ [pscustomobject]@{{ Step = $step; Y = 10 * $_.A + $_.Seed; Loss = $_.A / 2; Name = \"$($_.B)$($_.A)\" }} }} }}";

    [Fact]
    public void Only_settings_and_categories_form_groups_of_runs()
    {
        module.Run(Noisy());
        foreach (string source in new[] { $"Measure-ExperimentRun '{folder}'", $"Get-ExperimentRun '{folder}' | Measure-ExperimentRun" })
        {
            foreach (string name in new[] { "RunSeconds", "RunId", "Loss", "Step", "Status" })
                Assert.Equal($"GroupBy: '{name}' is not a setting of the runs. Settings: A, B, Seed.", module.Fails($"{source} Y -Maximize -Effect -GroupBy A, {name}", "InvalidArgument").ToString());
            Assert.Equal("GroupBy must name settings; 'Y' is the metric. Settings: A, B, Seed.", module.Fails($"{source} Y -Maximize -GroupBy A, Y", "InvalidArgument").ToString());
            foreach ((string groups, int count) in new[] { ("A, Seed", 4), ("Name", 4), ("CommandId", 1) })
                Assert.Equal(count, module.Run($"{source} Y -Maximize -GroupBy {groups}").Length);
        }
        Assert.Equal(4, module.Run($"Get-ExperimentRun '{folder}' -Expand | Measure-ExperimentRun Y -Maximize -GroupBy A, Step").Length);
        Assert.Equal("GroupBy must name settings; 'Y' is the metric.", module.Fails("[pscustomobject]@{ Y = 1 } | Measure-ExperimentRun Y -Maximize -GroupBy Y", "InvalidArgument").ToString());
        Assert.Single(module.Run("[pscustomobject]@{ Y = 1; Z = 0.5 } | Measure-ExperimentRun Y -Maximize -GroupBy Z"));
    }

    [Fact]
    public void A_direction_that_turns_a_known_one_round_is_a_warning()
    {
        module.Run(Noisy());
        string[] Warnings(string call) => [.. module.Run($"& {{ $null = {call} }} 3>&1").Select(each => each.ToString()!)];
        const string warning = "-Maximize takes the largest Loss as the best, but smaller values of a column with this name are usually better. If smaller values are better here, leave out -Maximize.";
        Assert.Equal([warning], Warnings($"Measure-ExperimentRun '{folder}' Loss -Maximize"));
        Assert.Equal([warning], Warnings($"Export-ExperimentReport '{folder}' '{folder}/report.html' -Metric Loss -Maximize"));
        Assert.Equal([warning], Warnings($"Invoke-ExperimentSweep '{folder}' -Resume -Pruner Median -Metric Loss -Maximize"));
        Assert.Equal(["-Minimize takes the smallest Return as the best, but larger values of a column with this name are usually better. If larger values are better here, leave out -Minimize."], Warnings("[pscustomobject]@{ A = 1; Return = 2 } | Measure-ExperimentRun Return -GroupBy A -Minimize"));
        foreach (string call in new[] { "Loss -Minimize", "Loss", "RunSeconds -Maximize", "Y -Maximize" }) Assert.Empty(Warnings($"Measure-ExperimentRun '{folder}' {call}"));
    }

    [Fact]
    public void A_metric_of_earlier_rows_alone_says_that_the_last_row_counts()
    {
        module.Run($"$null = New-ExperimentGrid @{{ X = 1, 2 }} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 {{ [pscustomobject]@{{ Loss = $_.X }}; $true }}");
        Assert.Equal("Metric: the last row of each run is measured, and it has no column 'Loss'; earlier rows have it. Return the object with Loss last.", module.Fails($"Measure-ExperimentRun '{folder}' Loss", "InvalidArgument").ToString());
        Assert.StartsWith("Metric: no run has a column 'Los'; the columns are ", module.Fails($"Measure-ExperimentRun '{folder}' Los -Minimize", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_of_Group_Object_are_said_to_be_no_rows() =>
        Assert.EndsWith("The input is groups of Group-Object, not rows. Pipe the rows of each group: ForEach-Object { $_.Group | … }.", module.Fails("[pscustomobject]@{ Values = 1; Count = 2; Group = 3; Name = 'x' } | Measure-ExperimentRun Loss", "InvalidArgument").ToString(), StringComparison.Ordinal);
}
