using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What a script of a sweep returns, and what it reads from $_.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepOutputTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-output-" + Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string Call(string points, string block, string arguments = "") => $"{points} | Invoke-ExperimentSweep '{folder}' -ThrottleLimit 1 {arguments} {{ {block} }}";

    [Fact]
    public void A_value_without_properties_is_the_column_Value()
    {
        const string block = """
            switch ($_.X) {
                1 { 'first'; "text $($_)" }
                2 { 2.5 }
                3 { $true }
                4 { 'log'; [pscustomobject]@{ Y = 4 } }
                5 { [datetime]::new(2020, 1, 2) }
                6 { 'good'; '' }
                7 { }
            }
            """;
        PSObject[] rows = module.Run(Call("New-ExperimentGrid @{ X = 1..7 }", block));
        object?[] values = [.. rows.OrderBy(row => (int)row.Properties["X"].Value).Select(row => row.Properties["Value"]?.Value)];
        Assert.Equal(["text 1", 2.5, true, null, new DateTime(2020, 1, 2), "good", null], values);
        Assert.All(rows, row => Assert.Equal("Done", row.Properties["Status"].Value));
        // Text beside an object stays in the log.
        Assert.Equal(4, Assert.Single(rows, row => Equals(row.Properties["X"].Value, 4)).Properties["Y"].Value);
        Assert.Equal("first", File.ReadLines(Path.Combine(folder, "runs", (string)rows[0].Properties["RunId"].Value, "output.log")).First());
    }

    [Fact]
    public void The_last_line_of_a_program_is_a_value_unless_the_program_failed()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("It calls sh.");
        PSObject[] rows = module.Run(Call("New-ExperimentGrid @{ X = 0, 3 }", "sh -c \"echo a; echo 0.25; exit $($_.X)\"", "-Expand"));
        PSObject done = Assert.Single(rows, row => Equals(row.Properties["X"].Value, 0)), failed = Assert.Single(rows, row => Equals(row.Properties["X"].Value, 3));
        Assert.Equal("0.25", done.Properties["Value"].Value);
        Assert.Equal("Failed", failed.Properties["Status"].Value);
        Assert.Null(failed.Properties["Value"]);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Y = $_.LerningRate }", "line 1", "Did you mean LearningRate?")]
    [InlineData("\n$x = \"rate $($PSItem.LerningRate)\"; $x", "line 2", "Did you mean LearningRate?")]
    [InlineData("process { $_.Epoch }", "line 1", "Did you mean Epochs?")]
    [InlineData("if ($_.Epoch -eq 1) { 1 }", "line 1", "$_.Epoch")]
    public void A_misspelled_setting_is_an_error_before_anything_runs(string block, params string[] parts)
    {
        ErrorRecord error = module.Fails(Call("New-ExperimentGrid ([ordered]@{ LearningRate = 0.1, 0.2; Epochs = 1 })", block), "InvalidArgument");
        foreach (string part in parts) Assert.Contains(part, error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("process { $_.Dropout }")]
    [InlineData("if ([string]::IsNullOrEmpty($_.Dropout)) { 1 }")]
    [InlineData("$rate = $_.Dropout; if ($null -eq $rate) { $rate = 3 }; $rate")]
    public void Another_name_that_no_point_has_is_a_warning(string block)
    {
        PSObject[] output = module.Run(Call("New-ExperimentGrid ([ordered]@{ LearningRate = 0.1, 0.2; Epochs = 1 })", block, "-WhatIf 3>&1"));
        string warning = Assert.Single(output.Select(part => part.BaseObject).OfType<WarningRecord>()).Message;
        Assert.Contains("$_.Dropout is not a setting of the points (line 1 of ", warning, StringComparison.Ordinal);
        Assert.Contains("LearningRate, Epochs", warning, StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single(output, part => part.BaseObject is not WarningRecord).Properties["ToRun"].Value);
    }

    [Theory]
    [InlineData("$_.A; $_.B; $_.psobject.Properties.Name")]
    [InlineData("if ($_.PSObject.Properties['AA']) { $_.AA } else { 7 }")]
    [InlineData("if ($_ | Get-Member AA) { $_.AA }")]
    [InlineData("foreach ($_ in [pscustomobject]@{ AA = 1 }) { $_.AA }")]
    [InlineData("$_, $x = [pscustomobject]@{ AA = 1 }, 2; $_.AA")]
    [InlineData("Set-Variable _ ([pscustomobject]@{ AA = 1 }); $_.AA")]
    [InlineData("$_ | ForEach-Object { $_.Other }; 1, 2 | Where-Object { $_.Other }")]
    [InlineData("if ($_.Other) { $_.Other * 2 } elseif (-not $_.More) { $_.More }")]
    [InlineData("if ($null -ne $_.Other) { $_.Other }; $x = ($_.More) -and 1")]
    [InlineData("try { throw 'x' } catch { $_.Exception.Message }; switch (1) { 1 { $_.Other } }")]
    [InlineData("function F { process { $_.Other } }; 1 | F; [bool]$_.More")]
    [InlineData("$_ | Add-Member Other 5; $_.Other")]
    [InlineData("$_.Other ?? 3; $_.More ? 1 : 2")]
    [InlineData("param($A, $B) 1 | ForEach-Object { $_.Other }")]
    public void Properties_that_may_be_absent_are_no_error(string block)
    {
        PSObject[] plan = module.Run(Call("@{ A = 1 }, @{ B = 2 }", block, "-WhatIf"));
        Assert.Equal(2, Assert.Single(plan).Properties["ToRun"].Value);
    }
}
