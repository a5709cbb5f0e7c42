namespace ReparamPS.Cmdlets.Tests;

/// <summary>Sweeps over settings that are lists, or of several kinds.</summary>
[Collection(ModuleCollection.Name)]
public sealed class SweepListTests(ModuleRunspace module) : IDisposable
{
    private const string Mixed = "New-ExperimentGrid @{ X = @(8, 4), @(16, 8), @(), @(8), @(8, $null), @('a', 1), 'text', $true, 1.5; Seed = 1 }";

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-lists-").FullName;

    private string Sweep => Path.Combine(folder, "sweep");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("@(8, 4), @(16, 8)")]
    [InlineData("@(8, 4), @(8)")]
    [InlineData("@(), @(8)")]
    public void Layers_of_a_training_can_be_swept(string sizes)
    {
        string[] all = Texts($"New-ExperimentGrid @{{ HiddenSize = {sizes}; Epochs = 1; Seed = 1 }} | Invoke-ExperimentSweep '{Sweep}' -Command Invoke-VaeTraining -Expand -ThrottleLimit 1 | ForEach-Object Status");
        Assert.Equal(["Done", "Done"], all);
        Assert.Equal(2, module.Get<int>($"@(Get-ExperimentRun '{Sweep}').Count"));
        Assert.Equal(2, module.Get<int>($"(Get-ExperimentSweep '{Sweep}').Done"));
        Assert.Equal(2, module.Get<int>($"@(Receive-ExperimentSweep '{Sweep}').Count"));
    }

    [Fact]
    public void Values_of_all_kinds_are_read_in_one_order_by_every_command()
    {
        string[] order = ["True", "1.5", "text", "[]", "8", "8,", "8,4", "16,8", "a,1"];
        Assert.Equal(order.Reverse(), Texts($"{Mixed} | Invoke-ExperimentSweep '{Sweep}' {{ [pscustomobject]@{{ Epoch = 1; Loss = @($_.X).Count }} }} -ThrottleLimit 1 -Priority X | ForEach-Object {{ \"$($_.X)\" }}"));
        Assert.Equal(order, Texts($"Get-ExperimentRun '{Sweep}' | ForEach-Object {{ \"$($_.X)\" }}"));
        Assert.Equal(order, Texts($"Invoke-ExperimentSweep '{Sweep}' -Resume -ThrottleLimit 1 | ForEach-Object {{ \"$($_.X)\" }}"));
        Assert.Equal(order, Texts($"Measure-ExperimentRun '{Sweep}' Loss -Minimize -GroupBy X | ForEach-Object {{ \"$($_.X)\" }}"));
        Assert.Equal(9, module.Get<int>($"(Measure-ExperimentRun '{Sweep}' Loss -Minimize -Effect).Levels"));
        Assert.Equal("True a,1", module.Get<string>($"$runs = Get-ExperimentRun '{Sweep}'; Compare-ExperimentRun '{Sweep}' $runs[0].RunId, $runs[-1].RunId | Where-Object Name -eq X | ForEach-Object {{ \"$($_.Reference) $($_.Other)\" }}"));
        foreach (string file in new[] { "rows.csv", "rows.parquet", "rows.sqlite" })
            Assert.Contains("8,4", Texts($"Get-ExperimentRun '{Sweep}' | Export-ExperimentData '{folder}/{file}'; Import-ExperimentData '{folder}/{file}' | ForEach-Object {{ \"$($_.X)\" }}"));
        Assert.Single(module.Run($"Export-ExperimentReport '{Sweep}' -OutPath '{folder}/report.html' -Metric Loss -Minimize"));
        string line = $"Get-ExperimentRun -Path '{Sweep}' -RunId ";
        Assert.Contains(Texts($"(TabExpansion2 \"{line}\" {line.Length}).CompletionMatches.ToolTip"), text => text.EndsWith("X 16,8", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("switch ($_.X) { 1 { 'a' } 2 { 2 } 3 { , (1, 2) } 4 { } }", "3 1 2 4")]
    [InlineData("[timespan]::FromHours($_.X)", "4 3 2 1")]
    [InlineData("switch ($_.X) { 1 { 2.5 } 2 { [datetime]'2020-01-02' } 3 { [version]'1.10' } 4 { [version]'1.9' } }", "3 4 2 1")]
    public void A_priority_may_be_of_several_kinds(string priority, string order) => Assert.Equal(
        order, string.Join(' ', Texts($"New-ExperimentGrid @{{ X = 1..4; Seed = 1 }} | Invoke-ExperimentSweep '{Sweep}' {{ $_.X }} -ThrottleLimit 1 -Priority {{ {priority} }} | ForEach-Object {{ \"$($_.X)\" }}")));

    [Fact]
    public void A_strategy_and_a_pruner_take_settings_that_are_lists()
    {
        const string points = "X = @(8, 4), @(16, 8), @(8); Seed = 1", block = "{ foreach ($e in 1..$_.Epochs) { [pscustomobject]@{ Epoch = $e; Loss = $e + @($_.X).Count } } }";
        Assert.Equal(3, module.Get<int>($"@(New-ExperimentGrid @{{ {points} }} | Invoke-ExperimentSweep '{Sweep}' -Strategy SuccessiveHalving -Metric Loss -Minimize -MaxBudget 3 -ThrottleLimit 1 {block}).Count"));
        Assert.Equal(3, module.Get<int>($"@(New-ExperimentGrid @{{ {points}; Epochs = 2 }} | Invoke-ExperimentSweep '{Sweep}2' -Pruner Median -Metric Loss -Minimize -ThrottleLimit 1 {block}).Count"));
    }

    private string[] Texts(string script) => [.. module.Run(script).Select(text => text.ToString())];
}
