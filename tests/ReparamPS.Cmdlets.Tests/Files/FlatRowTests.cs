namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>Tables hold flat rows with distinct columns.</summary>
[Collection(ModuleCollection.Name)]
public sealed class FlatRowTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-flat-").FullName;

    public static TheoryData<string> Kinds => ["csv", "jsonl", "parquet", "sqlite", "csv.gz", "jsonl.gz"];

    [Theory]
    [InlineData("[pscustomobject]@{ A = 1 }", "1 row in")]
    [InlineData("[pscustomobject]@{ A = 1 }, [pscustomobject]@{ A = 2 }", "2 rows in")]
    public void Rows_are_counted_in_the_verbose_message(string rows, string counted) =>
        Assert.StartsWith(counted, module.Run($"({rows} | Export-ExperimentData '{folder}/v.csv' -Verbose 4>&1).Message")[^1].ToString(), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Kinds))]
    public void Nested_objects_and_ambiguous_columns_are_refused_and_no_output_is_null(string kind)
    {
        string path = Path.Combine(folder, "t." + kind);
        Assert.Contains("'B' holds an object with properties", Refusal($"[pscustomobject]@{{ A = 1; B = [pscustomobject]@{{ x = 1 }} }} | Export-ExperimentData '{path}'"), StringComparison.Ordinal);
        Assert.Contains("'B' holds an object with properties", Refusal($"@{{ A = 1; B = [pscustomobject]@{{ x = 1 }} }} | Export-ExperimentData '{path}'"), StringComparison.Ordinal);
        foreach (string nested in new[] { "@{ x = 1 }", "(1, 2)", "@()", "@(1)", "[ordered]@{}", "[Nested]::new()", "[Tuple]::Create(1, 2)", "[Collections.Generic.KeyValuePair[int, int]]::new(1, 2)", "(New-Tensor (1, 2))", "[Collections.Generic.List[int]](1, 2)" })
        {
            string refusal = Refusal($"class Nested {{ [int]$X = 1 }}; [pscustomobject]@{{ A = 1; B = {nested} }} | Export-ExperimentData '{path}'");
            Assert.Contains("'B'", refusal, StringComparison.Ordinal);
            Assert.Matches("must be a number, a string, a Boolean or a date|a cell holds one value", refusal);
        }
        Assert.Contains("'a' and 'A'", Refusal($"$d = [Collections.Specialized.OrderedDictionary]::new(); $d.Add('a', 1); $d.Add('A', 2); Export-ExperimentData '{path}' -InputObject $d"), StringComparison.Ordinal);
        Assert.Contains("without a name", Refusal($"Export-ExperimentData '{path}' -InputObject @{{ '' = 1 }}"), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.True(module.Get<bool>($"[pscustomobject]@{{ A = 1; B = & {{ }} }} | Export-ExperimentData '{path}'; $null -eq (Import-ExperimentData '{path}').B"));
        Assert.True(module.Get<bool>($"@{{ A = 1; B = & {{ }} }} | Export-ExperimentData '{path}'; $null -eq (Import-ExperimentData '{path}').B"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Rows_of_a_DataTable_have_the_columns_of_the_table(string kind)
    {
        string path = Path.Combine(folder, "data." + kind);
        module.Run(
            $$"""
            $table = [Data.DataTable]::new()
            $null = $table.Columns.Add('Epoch', [int]); $null = $table.Columns.Add('Loss', [double]); $null = $table.Columns.Add('Note', [string])
            $null = $table.Rows.Add(1, 0.5, 'a'); $null = $table.Rows.Add(2, [DBNull]::Value, $null)
            $table | Export-ExperimentData '{{path}}'
            $table.Rows | Export-ExperimentData '{{path}}' -Append
            $table.DefaultView | Export-ExperimentData '{{path}}' -Append
            """);
        Assert.Equal("Epoch,Loss,Note", module.Get<string>($"(Import-ExperimentData '{path}')[0].psobject.Properties.Name -join ','"));
        Assert.Equal("1 0.5 a|2  |1 0.5 a|2  |1 0.5 a|2  ", module.Get<string>($"(Import-ExperimentData '{path}' | ForEach-Object {{ \"$($_.Epoch) $($_.Loss) $($_.Note)\" }}) -join '|'"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_tensor_of_one_number_is_a_number(string kind)
    {
        string path = Path.Combine(folder, "loss." + kind);
        Assert.Equal(2.25, module.Get<double>($"[pscustomobject]@{{ Loss = (New-Tensor 1.5).pow(2) }} | Export-ExperimentData '{path}'; (Import-ExperimentData '{path}').Loss"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Refusal(string script) => module.Fails(script, "InvalidArgument").ToString();
}
