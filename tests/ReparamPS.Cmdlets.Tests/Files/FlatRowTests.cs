namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>Tables hold flat rows with distinct columns.</summary>
[Collection(ModuleCollection.Name)]
public sealed class FlatRowTests(ModuleRunspace module) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-flat-").FullName;

    [Theory, InlineData("csv"), InlineData("jsonl"), InlineData("parquet"), InlineData("sqlite")]
    public void Nested_objects_and_ambiguous_columns_are_refused_and_no_output_is_null(string kind)
    {
        string path = Path.Combine(folder, "t." + kind);
        Assert.Contains("'B' holds an object with properties", Refusal($"[pscustomobject]@{{ A = 1; B = [pscustomobject]@{{ x = 1 }} }} | Export-ExperimentData '{path}'"), StringComparison.Ordinal);
        Assert.Contains("'a' and 'A'", Refusal($"$d = [Collections.Specialized.OrderedDictionary]::new(); $d.Add('a', 1); $d.Add('A', 2); Export-ExperimentData '{path}' -InputObject $d"), StringComparison.Ordinal);
        Assert.Contains("without a name", Refusal($"Export-ExperimentData '{path}' -InputObject @{{ '' = 1 }}"), StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.True(module.Get<bool>($"[pscustomobject]@{{ A = 1; B = & {{ }} }} | Export-ExperimentData '{path}'; $null -eq (Import-ExperimentData '{path}').B"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Refusal(string script) => module.Fails(script, "InvalidArgument").ToString();
}
