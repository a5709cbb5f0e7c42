namespace ReparamPS.Cmdlets.Tests;

/// <summary>-X, -Y, -GroupBy, -Z and -Facet complete the columns of the rows, and never file names.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ColumnCompletionTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Import-ExperimentData FOLDER/comma.csv | Export-Chart a.png -X ", "Alpha", "'Beta x'")]
    [InlineData("Import-ExperimentData FOLDER/semicolon.csv -Delimiter ';' | Export-Chart a.png -Facet ", "Alpha", "'Beta x'")]
    [InlineData("Import-ExperimentData FOLDER/rows.jsonl | Where-Object J -gt 0 | Show-Chart J ", "J", "K")]
    [InlineData("Import-ExperimentData FOLDER/rows.jsonl | Show-Chart -Y J, ", "J", "K")]
    [InlineData("[pscustomobject]@{ Rate = 1; Loss = 2 } | Export-Chart a.png -X Epoch -GroupBy ", "Rate", "Loss")]
    [InlineData("1..3 | ForEach-Object { [pscustomobject]@{ A = $_; B = 2 } } | Export-Chart a.png -Z ", "A", "B")]
    [InlineData("$rows | Export-Chart a.png -X ", "Rate", "Loss")]
    [InlineData("$rows | Export-Chart a.png -Y L", "Loss")]
    [InlineData("Export-Chart a.png -InputObject $rows -X ", "Rate", "Loss")]
    [InlineData("Get-ExperimentRun FOLDER/sweep | Export-Chart a.png -X S", "Status", "Size", "Score", "Started")]
    [InlineData("New-ExperimentGrid @{ Beta = 1, 2 } | Export-Chart a.png -X ", "Beta", "Seed")]
    [InlineData("Invoke-VaeTraining -Epochs 2 | Export-Chart a.png -X Epo", "Epoch", "Epochs")]
    [InlineData("Export-Chart a.png -X ", "''")]
    [InlineData("$rows | Export-Chart a.png -X FOLDER/co", "FOLDER/co")]
    [InlineData("Import-ExperimentData FOLDER/two.sqlite -Table second | Export-Chart a.png -X ", "Gamma")]
    [InlineData("Import-ExperimentData FOLDER/two.sqlite -Table none | Export-Chart a.png -X Al", "Al")]
    [InlineData("Import-ExperimentData FOLDER/none.csv | Export-Chart a.png -X Al", "Al")]
    public void Columns_come_from_the_rows_and_files_are_not_offered(string line, params string[] expected)
    {
        File.WriteAllText(Path.Combine(folder, "comma.csv"), "Alpha,Beta x\n1,2\n");
        File.WriteAllText(Path.Combine(folder, "semicolon.csv"), "Alpha;Beta x\n1;2\n");
        File.WriteAllText(Path.Combine(folder, "rows.jsonl"), "{\"J\":1,\"K\":2}\n");
        if (line.Contains("sqlite", StringComparison.Ordinal)) module.Run($"@{{ Alpha = 1 }} | Export-ExperimentData '{folder}/two.sqlite' -Table rows; @{{ Gamma = 1 }} | Export-ExperimentData '{folder}/two.sqlite' -Table second");
        if (line.Contains("sweep", StringComparison.Ordinal)) module.Run($"$null = @{{ Size = 1 }} | Invoke-ExperimentSweep '{folder}/sweep' -ThrottleLimit 1 {{ [pscustomobject]@{{ Score = 1 }} }}");
        string text = line.Replace("FOLDER", folder, StringComparison.Ordinal);
        string[] found = [.. module.Run(
            "$rows = 1..3 | ForEach-Object { [pscustomobject]@{ Rate = $_; Loss = 1 } }; (TabExpansion2 $text $text.Length).CompletionMatches.CompletionText", ("text", text)).Select(name => name.ToString()!)];
        Assert.Equal(expected.Select(name => name.Replace("FOLDER", folder, StringComparison.Ordinal)), found);
    }
}
