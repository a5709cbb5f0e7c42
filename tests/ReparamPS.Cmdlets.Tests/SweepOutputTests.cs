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

    // 'Other' would come before the result if the settings were not known.
    [Fact]
    public void A_copy_of_a_run_is_shown_as_its_original_and_measured_by_its_settings()
    {
        const string points = "1..2 | ForEach-Object { [pscustomobject]@{ Other = 1; 'X, =;#é' = $_ } }";
        module.Run(Call(points, "[pscustomobject]@{ Y = 2 * $_.'X, =;#é'; Label = 'a' }"));
        const string copies = "$runs | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) }";
        string[] shown = [.. module.Run($"$runs = Get-ExperimentRun '{folder}'; {copies} | ForEach-Object {{ [ReparamPS.Cmdlets.Common.RowText]::OfRun($_) }}").Select(text => text.ToString())];
        Assert.StartsWith("X, =;#é=1  Y=2  Other=1  Label=a", shown[0], StringComparison.Ordinal);
        Assert.Equal(module.Run($"$runs | ForEach-Object {{ [ReparamPS.Cmdlets.Common.RowText]::OfRun($_) }}").Select(text => text.ToString()), shown);
        Assert.Equal(["2", "4"], module.Run($"{copies} | Measure-ExperimentRun Y -Maximize | ForEach-Object Mean").Select(mean => mean.ToString()).Order());
    }

    // Export-Csv takes its columns from the first row.
    [Theory]
    [InlineData("")]
    [InlineData(" -Expand")]
    public void Rows_of_runs_have_the_columns_of_all_runs(string arguments)
    {
        module.TryRun(Call("New-ExperimentGrid @{ X = 0, 1 }", "if ($_.X -eq 0) { throw 'no' }; [pscustomobject]@{ Y = 2 }"));
        module.Run(Call("@{ Z = 3 }", "[pscustomobject]@{ Y = 4; W = 5 }"));
        string[] columns = [.. module.Run($"Get-ExperimentRun '{folder}'{arguments} | ForEach-Object {{ $_.PSObject.Properties.Name -join ' ' }}").Select(each => each.ToString())];
        Assert.Equal(3, columns.Length);
        Assert.Equal(["Attempt", "CommandId", "Message", "Place", "RunId", "RunSeconds", "Started", "Status", "W", "X", "Y", "Z"], columns.Distinct().Single().Split(' ').Order());
        Assert.Equal([",4,5", "0,,", "1,2,"], module.Run($"Get-ExperimentRun '{folder}'{arguments} | ForEach-Object {{ $_.X, $_.Y, $_.W -join ',' }}").Select(each => each.ToString()).Order(StringComparer.Ordinal));
    }

    // The engine alone has no Format-Table, but its kinds of objects.
    [Fact]
    public void Formatted_output_is_left_out_with_a_warning()
    {
        const string layout = "[Activator]::CreateInstance([psobject].Assembly.GetType('Microsoft.PowerShell.Commands.Internal.Format.FormatStartData'), $true)";
        string[] warnings = [.. module.Run($"& {{ $null = {Call("New-ExperimentGrid @{ A = 1 }", layout)} }} 3>&1").Select(each => each.ToString()!)];
        Assert.Contains(": the output of a Format- cmdlet, such as Format-Table, is left out of the rows", Assert.Single(warnings), StringComparison.Ordinal);
    }

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
    public void A_tensor_of_one_number_is_the_column_Value_and_a_list_is_left_out_with_a_line_in_the_log()
    {
        const string block = """
            switch ($_.X) {
                1 { (New-Tensor 2.5, 3.5).mean() }
                2 { New-Tensor (, 2.5) }
                3 { New-Tensor 1, 2, 3 }
                4 { , (1, 2) }
                5 { [pscustomobject]@{ Value = (New-Tensor 7.5) } }
            }
            """;
        PSObject[] rows = [.. module.Run(Call("New-ExperimentGrid @{ X = 1..5 }", block)).OrderBy(row => (int)row.Properties["X"].Value)];
        Assert.Equal([3.0, 2.5, null, null, 7.5], rows.Select(row => row.Properties["Value"]?.Value));
        Assert.All(rows, row => Assert.DoesNotContain(row.Properties, property => property.Name is "ndim" or "Length"));
        string Log(int x) => File.ReadAllText(Path.Combine(folder, "runs", (string)rows[x - 1].Properties["RunId"].Value, "output.log"));
        Assert.Contains("got a tensor of shape [3].", Log(3), StringComparison.Ordinal);
        Assert.Contains("got a list of 2 values.", Log(4), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_a_point_is_a_number_or_a_Boolean_only_in_the_spelling_that_the_help_names()
    {
        const string numbers = "'1', '1.0', '0.5', '1E-05', 'True'", texts = "'0.50', '-.5', '1e-3', '1e-05', '1.10', '007', 'false'";
        PSObject[] rows = module.Run(Call($"{numbers}, {texts} | ForEach-Object {{ @{{ X = $_ }} }}", "[pscustomobject]@{ Type = $_.X.GetType().Name }"));
        // 1 and 1.0 are one run.
        Assert.Equal(["Int32", "Double", "Double", "Boolean", .. Enumerable.Repeat("String", 7)], rows.Select(row => (string)row.Properties["Type"].Value));
    }

    [Fact]
    public void A_screen_of_80_columns_shows_the_settings_that_vary_and_then_results()
    {
        const string shown = "ForEach-Object { [ReparamPS.Cmdlets.Common.RowText]::OfRun($_) }";
        string[] Shown(string call) => [.. module.Run($"{call} | {shown}").Select(text => (string)text.BaseObject)];
        string[] rows = Shown("New-ExperimentGrid ([ordered]@{ Epochs = 1; HiddenSize = '4'; LatentSize = 2, 8 }) -Repeat 2 | " + $"Invoke-ExperimentSweep '{folder}' -Command Invoke-VaeTraining");
        Assert.All(rows, row => Assert.Matches(@"^LatentSize=[28]  Seed=[01]  TestElbo=-\d+(\.\d+)?  Epoch=1  TrainElbo=", row));
        Assert.All(rows, row => Assert.Matches(@"  Epochs=1  HiddenSize=4  OutputRunId=\w+  ", row));
        Directory.Delete(folder, recursive: true);

        rows = Shown(Call("New-ExperimentGrid ([ordered]@{ A = 7; X = 1..3 })", "if ($_.X -eq 1) { throw 'no' }; if ($_.X -eq 2) { while ($true) { [Threading.Thread]::Sleep(20) } }; [pscustomobject]@{ Id = 'x1'; Score = 2.5 }", "-TimeoutSeconds 3"));
        Assert.Equal(["X=1  no  A=7", "X=2  The run took longer than 3 s (TimeoutSeconds) and was stopped.  A=7", "X=3  Score=2.5  A=7  Id=x1"], rows.Order(StringComparer.Ordinal));
        Directory.Delete(folder, recursive: true);
        Assert.Equal("A=7  X=1  Score=2.5", Assert.Single(Shown(Call("[pscustomobject]@{ A = 7; X = 1 }", "[pscustomobject]@{ Score = 2.5 }"))));
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

    [Theory]
    [InlineData("")]
    [InlineData("-BatchRuns 2")]
    public void A_training_that_does_not_fit_into_memory_is_OutOfMemory_and_names_its_settings(string batching)
    {
        PSObject[] rows = module.Run($"New-ExperimentGrid @{{ HiddenSize = 2000000000, 1999999999; Epochs = 1; Seed = 1 }} | Invoke-ExperimentSweep '{folder}' -Command Invoke-VaeTraining -ThrottleLimit 1 {batching}");
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal("OutOfMemory", row.Properties["Status"].Value));
        Assert.Contains(rows, row => ((string)row.Properties["Message"].Value).Contains("HiddenSize (1999999999)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(", @()", "an empty list")]
    [InlineData(", @(1)", "a list with one value")]
    [InlineData(", (1, 2, 3)", "a list of 3 values")]
    public void A_list_that_is_left_out_is_counted_in_words(string block, string got) => Assert.Contains(
        $": an output is left out of the rows, because a cell holds one value; got {got}. Return", module.Get<string>($"\"$({Call("@{ X = 1 }", block)} 3>&1)\""), StringComparison.Ordinal);

    [Fact]
    public void An_output_that_is_left_out_is_one_warning_per_call()
    {
        const string block = "[pscustomobject]@{ Y = 1; W = 1, 2 }; if ($_.X -eq 3) { , (1, 2) }";
        const string warnings = "| Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object Message";
        string[] Warnings(string call) => [.. module.Run($"{call} 3>&1 {warnings}").Select(warning => warning.ToString())];
        foreach (string call in new[] { Call("New-ExperimentGrid @{ X = 1..3 }", block), $"Receive-ExperimentSweep '{folder}'", $"Receive-ExperimentSweep '{folder}' -Wait", Call("New-ExperimentGrid @{ X = 1..3 }", block) })
        {
            string warning = Assert.Single(Warnings(call));
            Assert.StartsWith("Run ", warning, StringComparison.Ordinal);
            Assert.Contains(": a column is left out of the rows. Column 'W' must be a number, a string, a Boolean or a date; got a list. Select one of its values, or make it a text, such as with ConvertTo-Json -Compress. The file runs/<RunId>/output.log in the folder", warning, StringComparison.Ordinal);
        }
        Directory.Delete(folder, recursive: true);
        Assert.Empty(Warnings(Call("New-ExperimentGrid @{ X = 1..3 }", "$_.X; 'text'")));
    }

    [Fact]
    public void An_output_with_the_name_of_a_setting_is_kept_if_it_differs()
    {
        const string points = "@{ X = 1; Name = 'Ab'; Size = 64, 32; Rate = 0.1; File = 'a/b.csv'; Blank = '' }";
        const string same = "[pscustomobject]@{ X = 1.0; Name = 'ab'; Size = '64x32'; Rate = [float]0.1; File = [IO.Path]::GetFullPath('/c/b.csv'); Blank = 5; Y = 2 }";
        const string other = "[pscustomobject]@{ X = 5; Name = 'abc'; Size = '64,31'; Rate = 0.1 + 1e-12; File = [IO.Path]::GetFullPath('/c/d.csv'); Blank = ''; Y = 2 }";
        string Outputs(string block) => module.Get<string>($"$row = {Call(points, block)}; $row.PSObject.Properties.Where({{ $_.Name -like 'Output*' -or $_.Name -eq 'Y' }}).ForEach({{ \"$($_.Name)=$($_.Value)\" }}) -join '|'");
        Assert.Equal("Y=2", Outputs(same));
        Assert.Equal($"OutputX=5|OutputName=abc|OutputSize=64,31|OutputRate=0.100000000001|OutputFile={Path.GetFullPath("/c/d.csv")}|Y=2", Outputs(other));
        Assert.Equal(1, module.Get<int>("$row.X"));
        module.Forget("row");
    }

    [Fact]
    public void A_training_repeats_its_settings_without_columns_for_them() =>
        Assert.Equal("OutputRunId", module.Get<string>($"$row = @{{ HiddenSize = '8x4'; LatentSize = 2; Epochs = 1; DType = 'Float32'; LearningRate = '1e-2'; Activation = 'TANH' }} | Invoke-ExperimentSweep '{folder}' -Command Invoke-VaeTraining; \"$($row.PSObject.Properties.Name -like 'Output*')\""));

    [Theory]
    [InlineData("'{ \"Loss\": 1 }'", true)]
    [InlineData("'[{ \"Loss\": 1 }, { \"Loss\": 2 }]'", true)]
    [InlineData("\"{`n  \"\"Loss\"\": $($_.X)`n}\"", true)]
    [InlineData("'{ Loss }'", false)]
    [InlineData("'[1, 2]'", false)]
    [InlineData("'[]'", false)]
    [InlineData("'{ \"Loss\": 1 }'; 3", false)]
    public void JSON_text_as_the_result_of_a_run_is_a_warning(string output, bool isJson)
    {
        string[] warnings = [.. module.Run($"& {{ $null = {Call("@{ X = 1 }", output)} }} 3>&1").Select(each => each.ToString()!)];
        if (isJson) Assert.Contains(": the output is JSON text, so its values are not columns: the column Value holds the whole text. Leave out ConvertTo-Json, or add ConvertFrom-Json.", Assert.Single(warnings), StringComparison.Ordinal);
        else Assert.Empty(warnings);
        if (isJson)
            Assert.EndsWith("The column Value holds JSON text. Return the objects themselves: leave out ConvertTo-Json, or add ConvertFrom-Json.", module.Fails($"Measure-ExperimentRun '{folder}' Loss", "InvalidArgument").ToString(), StringComparison.Ordinal);
    }
}
