using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

[Collection(ModuleCollection.Name)]
public sealed class ExperimentReportTests(ModuleRunspace module) : IDisposable
{
    private const string Sweep = "$null = New-ExperimentGrid @{ A = 1, 2, 3; B = 'x', 'y' } -Repeat 2 | Invoke-ExperimentSweep -Path $sweep { if ($_.A -eq 3 -and $_.B -eq 'y' -and $_.Seed -eq 1) { throw 'broken <b>' }; foreach ($epoch in 1..4) { [pscustomobject]@{ Epoch = $epoch; Y = $epoch * $_.A + 0.1 * $_.Seed } } }; ";

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    private string Page => Path.Combine(folder, "report.html");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_sweep_is_a_page_with_its_best_run_effects_curves_and_runs()
    {
        FileInfo file = module.Get<FileInfo>(Sweep + "Export-ExperimentReport $sweep $page -Metric Y -Maximize -WarningAction SilentlyContinue", ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        Assert.Equal(Page, file.FullName);
        string html = File.ReadAllText(Page);
        foreach (string heading in new[] { "Best run", "Main effects", "Curves", "Groups", "Runs" }) Assert.Contains($"<h2>{heading}</h2>", html, StringComparison.Ordinal);
        Assert.Contains("<h1>sweep</h1>", html, StringComparison.Ordinal);
        Assert.Contains("12 runs: ", html, StringComparison.Ordinal);
        Assert.Contains("1 Failed", html, StringComparison.Ordinal);
        // The best run is the last epoch of A = 3 with the larger seed that did not fail.
        Assert.Matches(@"<tr><td>Y</td><td class=""n"">12(\.\d)?<", html);
        Assert.Contains("broken &lt;b&gt;", html, StringComparison.Ordinal);
        // Effects of A and B, the curves, and the runs.
        Assert.Equal(4, Regex.Matches(html, "class=\"chart\"").Count);
        Assert.Contains("mean and standard error over seeds", html, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_writes_nothing_NoClobber_refuses_and_Force_replaces_a_read_only_file()
    {
        (string, object?)[] names = [("sweep", Path.Combine(folder, "sweep")), ("page", Page)];
        module.Run("$null = New-ExperimentGrid @{ A = 1, 2 } | Invoke-ExperimentSweep -Path $sweep { [pscustomobject]@{ Loss = $_.A } }; Export-ExperimentReport $sweep $page -WhatIf", names);
        Assert.False(File.Exists(Page));
        // Loss is a metric whose direction is known, and there are no curves of one row.
        module.Run("Export-ExperimentReport $sweep $page", names);
        Assert.DoesNotContain("<h2>Curves</h2>", File.ReadAllText(Page), StringComparison.Ordinal);
        File.WriteAllText(Page, "mine");
        module.Fails("Export-ExperimentReport $sweep $page -NoClobber", "FileExists");
        Assert.Equal("mine", File.ReadAllText(Page));
        File.SetAttributes(Page, FileAttributes.ReadOnly);
        module.Run("Export-ExperimentReport $sweep $page -Force", names);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact]
    public void Pruned_runs_have_their_budget_their_metric_and_a_curve()
    {
        module.Run(
            "$null = New-ExperimentGrid @{ A = 1..9 } | Invoke-ExperimentSweep -Path $sweep -Strategy SuccessiveHalving -Metric Loss -MaxBudget 9 -ThrottleLimit 1 { foreach ($epoch in 1..$_.Epochs) { [pscustomobject]@{ Epoch = $epoch; Loss = 100 * $_.A + 7 / $epoch } } }; Export-ExperimentReport $sweep $page",
            ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        string html = File.ReadAllText(Page);
        Assert.DoesNotContain(">NaN<", html, StringComparison.Ordinal);
        Assert.Contains("<th>Epochs</th>", html, StringComparison.Ordinal);
        // The worst of nine runs is pruned after one epoch, the second after three, and the best gets all nine.
        Assert.Matches("""<td class="n">9</td>\s*(<td[^>]*></td>)?\s*<td class="n">1</td>\s*<td class="n">907</td>""", html);
        Assert.Contains("The 8 best of 9 combinations of settings.", html, StringComparison.Ordinal);
        foreach (string curve in Enumerable.Range(1, 8).Select(a => $"A = {a}")) Assert.Contains(curve, html, StringComparison.Ordinal);
    }

    [Fact]
    public void NaN_no_value_and_no_text_are_told_apart()
    {
        module.Run(
            "$null = '', $null, 'x' | ForEach-Object { [pscustomobject]@{ A = $_ } } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { [pscustomobject]@{ Loss = $_.A -eq 'x' ? [double]::NaN : 2.5 } }; Export-ExperimentReport $sweep $page",
            ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        string html = File.ReadAllText(Page);
        foreach (string text in new[] { "(empty)", "NaN", "(none)" }) Assert.Contains(text, html, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_no_axis_can_show_leave_the_page_its_tables()
    {
        module.Run(
            "$null = New-ExperimentGrid @{ A = 1, 2 } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { [pscustomobject]@{ Loss = $_.A * 1e305 } }; Export-ExperimentReport $sweep $page",
            ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        Assert.Contains("<h2>Runs</h2>", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact]
    public void A_metric_that_no_run_has_is_an_error_that_names_the_nearest()
    {
        string message = module.Fails(
            $"$null = @{{ Rate = 1 }} | Invoke-ExperimentSweep '{folder}/sweep' -ThrottleLimit 1 {{ [pscustomobject]@{{ Score = 1 }} }}; Export-ExperimentReport '{folder}/sweep' '{Page}' -Metric Scor -Maximize", "InvalidArgument").Exception.Message;
        Assert.Contains("Did you mean Score?", message, StringComparison.Ordinal);
        Assert.False(File.Exists(Page));
    }

    [Theory, InlineData("Label"), InlineData("Status"), InlineData("Good")]
    public void A_metric_without_numbers_is_an_error_that_names_the_columns_with_numbers(string metric)
    {
        module.Run("$null = New-ExperimentGrid @{ Name = 'x', 'y' } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { [pscustomobject]@{ Score = [double]::NaN; Good = $true; Label = 'a' } }", ("sweep", Path.Combine(folder, "sweep")));
        foreach (string command in new[] { $"Export-ExperimentReport $sweep $page {metric}", $"Measure-ExperimentRun $sweep {metric}" })
        {
            string message = module.Fails($"{command.Replace("$sweep", $"'{folder}/sweep'", StringComparison.Ordinal).Replace("$page", $"'{Page}' -Metric", StringComparison.Ordinal)} -Maximize", "InvalidArgument").Exception.Message;
            Assert.StartsWith($"Metric must name a column of numbers; column '{metric}' holds '", message, StringComparison.Ordinal);
            Assert.Contains("Score", message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Page));
        // NaN is a number: a run that diverged has a metric.
        module.Run("Measure-ExperimentRun $sweep Score -Maximize", ("sweep", Path.Combine(folder, "sweep")));
    }

    [Fact]
    public void The_best_run_of_VAE_trainings_shows_its_images()
    {
        module.Run(
            "$null = New-ExperimentGrid @{ LatentSize = 2, 3; Epochs = 2; HiddenSize = 8 } | Invoke-ExperimentSweep -Path $sweep -Command Invoke-VaeTraining; Export-ExperimentReport $sweep $page",
            ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        string html = File.ReadAllText(Page);
        Assert.Equal(2, Regex.Matches(html, "<img alt=\"[^\"]*\" src=\"data:image/png;base64,iVBOR").Count);
        Assert.Contains("TestElbo (larger is better)", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_without_runs_has_nothing_to_report_or_to_measure()
    {
        string sweep = Path.Combine(folder, "sweep");
        module.Run("$null = New-ExperimentGrid @{ A = 1 } | Invoke-ExperimentSweep -Path $sweep { [pscustomobject]@{ Y = $_.A } }", ("sweep", sweep));
        Directory.Delete(Directory.GetDirectories(Path.Combine(sweep, "runs")).Single(), recursive: true);
        string error = module.Fails($"Export-ExperimentReport '{sweep}' '{Page}' -Metric Y -Maximize", "InvalidArgument").Exception.Message;
        Assert.StartsWith($"'{sweep}' has no runs, so there is nothing to report.", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Page));
        Assert.Equal($"'{sweep}' has no runs, so there is nothing to measure.", module.Get<string>($"Measure-ExperimentRun '{sweep}' Y -WarningVariable w -WarningAction SilentlyContinue; \"$w\""));
    }

    [Fact]
    public void Runs_that_returned_nothing_are_said_to_be_the_reason()
    {
        string sweep = Path.Combine(folder, "sweep");
        module.Run("$null = New-ExperimentGrid @{ A = 1, 2 } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { throw 'no' }", ("sweep", sweep));
        const string message = "No run has returned a row (2 Failed). Get-ExperimentRun shows the messages of the runs.";
        foreach (string call in new[] { $"Measure-ExperimentRun '{sweep}'", $"Measure-ExperimentRun '{sweep}' Y -Maximize", $"Get-ExperimentRun '{sweep}' | Measure-ExperimentRun Y -Maximize", $"Export-ExperimentReport '{sweep}' '{Page}'" })
            Assert.Equal(message, module.Fails(call, "InvalidArgument").ToString());
        Assert.False(File.Exists(Page));
        // The page lists the runs and their messages.
        Assert.Equal(message, module.Get<string>($"@(Export-ExperimentReport '{sweep}' '{Page}' -Metric Y -Maximize 3>&1)[0].Message"));
        Assert.True(File.Exists(Page));
    }

    [Fact]
    public void Runs_that_returned_nothing_by_a_strategy_or_that_are_done_are_told_apart()
    {
        string sweep = Path.Combine(folder, "sweep"), other = Path.Combine(folder, "other");
        module.Run("$null = New-ExperimentGrid @{ A = 1, 2 } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 -Strategy SuccessiveHalving -Metric Y -Maximize -MaxBudget 3 { if ($_.Epochs) { throw 'no' } }", ("sweep", sweep));
        Assert.StartsWith("No run has returned a row (", module.Fails($"Measure-ExperimentRun '{sweep}' Y -Maximize", "InvalidArgument").ToString(), StringComparison.Ordinal);
        module.Run("$null = New-ExperimentGrid @{ A = 1 } | Invoke-ExperimentSweep -Path $other { $null = $_.A }", ("other", other));
        Assert.Equal("No run has returned a row (1 Done). The command must return a number or an object.", module.Fails($"Measure-ExperimentRun '{other}' Y -Maximize", "InvalidArgument").ToString());
    }

    [Fact]
    public void A_setting_is_not_a_metric()
    {
        string sweep = Path.Combine(folder, "sweep");
        module.Run("$null = New-ExperimentGrid @{ A = 1, 2; B = 3 } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { [pscustomobject]@{ Y = $_.A } }", ("sweep", sweep));
        foreach (string call in new[] { $"Measure-ExperimentRun '{sweep}' a", $"Get-ExperimentRun '{sweep}' | Measure-ExperimentRun a", $"Export-ExperimentReport '{sweep}' '{Page}' -Metric a" })
            Assert.Equal("Metric must be a column that the runs returned; 'a' is a setting. Returned columns: Y.", module.Fails($"{call} -Maximize", "InvalidArgument").ToString());
    }

    [Fact]
    public void A_metric_without_a_known_direction_or_another_extension_is_an_error()
    {
        (string, object?)[] names = [("sweep", Path.Combine(folder, "sweep")), ("page", Page)];
        module.Run("$null = New-ExperimentGrid @{ A = 1 } | Invoke-ExperimentSweep -Path $sweep { [pscustomobject]@{ Y = $_.A } }", names);
        Assert.Contains("The columns are Y", module.Fails("Export-ExperimentReport $sweep $page", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
        module.Fails("Export-ExperimentReport $sweep $page -Metric Y", "InvalidArgument");
        module.Fails("Export-ExperimentReport $sweep ($page + '.png') -Metric Y -Maximize", "InvalidArgument");
        Assert.False(File.Exists(Page));
    }

    // The script has changed: Y is 101 times as large.
    [Fact]
    public void Runs_of_different_commands_are_not_mixed()
    {
        string script = string.Concat(new[] { "1.0", "101.0" }.Select(factor => $"$null = New-ExperimentGrid @{{ A = 1, 2 }} -Repeat 2 | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 -WarningAction SilentlyContinue {{ foreach ($epoch in 1..2) {{ [pscustomobject]@{{ Epoch = $epoch; Y = {factor} * $epoch * $_.A }} }} }}; "));
        string warning = module.Get<string>(script + "$null = Export-ExperimentReport $sweep $page -Metric Y -Maximize -WarningVariable w -WarningAction SilentlyContinue; \"$w\"", ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        Assert.StartsWith("The runs come from 2 different commands;", warning, StringComparison.Ordinal);
        string html = File.ReadAllText(Page);
        (string Name, string Y)[] series = [.. Regex.Matches(html, @"""name"":""(CommandId = [^""]*)"".*?""y"":\[([^\]]*)\]").Select(match => (match.Groups[1].Value, match.Groups[2].Value)).Where(line => line.Item2.Count(character => character == ',') == 1)];
        // Bands have more points. Four curves, and a chart of the effect of A with one row of bars for each script.
        Assert.Equal(["1,2", "101,202", "2,4", "202,404"], series.Where(line => line.Name.Contains("A = ", StringComparison.Ordinal)).Select(line => line.Y).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["2,4", "202,404"], series.Where(line => !line.Name.Contains("A = ", StringComparison.Ordinal)).Select(line => line.Y).Distinct().Order(StringComparer.Ordinal));
        // Best run, main effects, groups, and all runs.
        Assert.Equal(3, Regex.Matches(html, "<th>CommandId</th>").Count);
        Assert.Contains("<td>CommandId</td>", html, StringComparison.Ordinal);
    }

    // As numbers of six digits, the settings are the same.
    [Fact]
    public void Settings_that_differ_in_a_late_digit_have_a_curve_each()
    {
        module.Run(
            "$null = New-ExperimentGrid @{ A = 0.12345671, 0.12345672; L = @(, (1, 0.5)); Seed = 638000000000000001 } | Invoke-ExperimentSweep -Path $sweep -ThrottleLimit 1 { foreach ($epoch in 1..2) { [pscustomobject]@{ Epoch = $epoch; Loss = $epoch * $_.A } } }; Export-ExperimentReport $sweep $page",
            ("sweep", Path.Combine(folder, "sweep")), ("page", Page));
        string html = File.ReadAllText(Page);
        foreach (string name in new[] { "A = 0.12345671", "A = 0.12345672" }) Assert.Contains($"\"name\":\"{name}\"", html, StringComparison.Ordinal);
        foreach (string cell in new[] { "<td>1,0.5</td>", "<td class=\"n\">638000000000000001</td>" }) Assert.Contains(cell, html, StringComparison.Ordinal);
    }
}
