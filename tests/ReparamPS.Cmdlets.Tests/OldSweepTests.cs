using System.Management.Automation;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Sweep folders that version 0.1.0 wrote (Data/sweeps-0.1) are read, measured, compared and resumed, with the same ids.</summary>
[Collection(ModuleCollection.Name)]
public sealed class OldSweepTests : IDisposable
{
    private const string Block = "{ param($A, $B) if ($A -eq 2 -and $B -eq 'y') { throw 'planted' }; [pscustomobject]@{ Score = $A * 2.5; Name = $B } }";

    private readonly ModuleRunspace module;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "reparamps-old-" + Path.GetRandomFileName());

    public OldSweepTests(ModuleRunspace module)
    {
        this.module = module;
        string source = Path.Combine(ModuleRunspace.Root, "tests", "ReparamPS.Cmdlets.Tests", "Data", "sweeps-0.1");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static object? Value(PSObject row, string column) => row.Properties[column]?.Value;

    [Fact]
    public void Their_runs_are_read_with_their_ids_settings_and_results()
    {
        PSObject[] rows = [.. module.Run($"Get-ExperimentRun '{folder}/block'").OrderBy(row => $"{Value(row, "A")}{Value(row, "B")}")];
        Assert.Equal(["587a035a8a0a570a Done 2.5", "cbd4d5cd9cad69bf Done 2.5", "9aac6e334e94c5b1 Done 5", "5aceb4cb9880fb47 Failed "],
            rows.Select(row => FormattableString.Invariant($"{Value(row, "RunId")} {Value(row, "Status")} {Value(row, "Score")}")));
        Assert.Equal("planted", Value(rows[3], "Message"));
        Assert.Equal(new DateTime(2026, 11, 28), ((DateTime)Value(rows[0], "Started")!).Date);
        Assert.Equal((4, 3, 1), (module.Get<int>($"(Get-ExperimentSweep '{folder}/block').Total"), module.Get<int>($"(Get-ExperimentSweep '{folder}/block').Done"), module.Get<int>($"(Get-ExperimentSweep '{folder}/block').Failed")));
        Assert.Equal(8, module.Run($"Get-ExperimentRun '{folder}/training' -Expand").Length);
        Assert.Equal(-40.78858458962613, module.Get<double>($"(Get-ExperimentRun '{folder}/training' -RunId 258d90d6d5336513).TestElbo"));
    }

    [Fact]
    public void They_are_measured_and_compared()
    {
        PSObject[] groups = module.Run($"Measure-ExperimentRun '{folder}/training' -Metric TestElbo -GroupBy LatentSize");
        Assert.Equal([2, 3], groups.Select(group => Value(group, "LatentSize")).Order());
        Assert.All(groups, group => Assert.Equal(2, Value(group, "Count")));
        PSObject of2 = Assert.Single(groups, group => Equals(Value(group, "LatentSize"), 2));
        double[] elbos = [.. module.Run($"(Get-ExperimentRun '{folder}/training' | Where-Object LatentSize -EQ 2).TestElbo").Select(value => (double)value.BaseObject)];
        Assert.Equal(elbos.Average(), (double)Value(of2, "Mean")!, 12);
        Assert.Equal(elbos.Max(), Value(of2, "Best"));
        PSObject[] differences = module.Run($"Compare-ExperimentRun '{folder}/block' -RunId 587a, 9aac");
        Assert.Contains(differences, row => Equals(Value(row, "Name"), "Score") && Equals(Value(row, "Difference"), 2.5));
        Assert.StartsWith("RunId must name two different runs; got '587a035a8a0a570a' twice.", module.Fails($"Compare-ExperimentRun '{folder}/block' -RunId 587a, 587a035", "InvalidArgument").Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_are_resumed_and_only_what_failed_is_retried_if_that_is_asked_for()
    {
        DateTime[] Written() => [.. Directory.EnumerateFiles(folder, "result.jsonl", SearchOption.AllDirectories).Order().Select(File.GetLastWriteTimeUtc)];
        DateTime[] before = Written();
        Assert.Equal(4, module.Run($"Invoke-ExperimentSweep '{folder}/block' -Resume -ThrottleLimit 1").Length);
        Assert.Equal(4, module.Run($"Invoke-ExperimentSweep '{folder}/training' -Resume -ThrottleLimit 1").Length);
        Assert.Equal(before, Written());

        PSObject failed = Assert.Single(module.Run($"Invoke-ExperimentSweep '{folder}/block' -Resume -Retry 1 -ThrottleLimit 1"), row => Equals(Value(row, "Status"), "Failed"));
        Assert.Equal(("5aceb4cb9880fb47", 2, "planted"), (Value(failed, "RunId"), Value(failed, "Attempt"), Value(failed, "Message")));
        Assert.Equal(before.Length - 1, before.Intersect(Written()).Count());
    }

    [Fact]
    public void The_same_command_with_more_points_runs_only_the_new_ones()
    {
        PSObject[] rows = module.Run($"New-ExperimentGrid ([ordered]@{{ A = 1, 2, 3; B = 'x', 'y' }}) | Invoke-ExperimentSweep '{folder}/block' {Block} -ThrottleLimit 1");
        Assert.Equal(6, rows.Length);
        Assert.Equal(2, rows.Count(row => Equals(Value(row, "A"), 3)));
        Assert.Single(Directory.EnumerateFiles($"{folder}/block/commands"));
        PSObject plan = Assert.Single(module.Run($"New-ExperimentGrid ([ordered]@{{ LatentSize = 2, 3, 4; Seed = 1, 2; Epochs = 2; HiddenSize = 16 }}) | Invoke-ExperimentSweep '{folder}/training' -Command Invoke-VaeTraining -WhatIf"));
        Assert.Equal((6, 2, 4), (Value(plan, "Total"), Value(plan, "ToRun"), Value(plan, "Done")));
    }
}
