namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>Paths outside the file system are refused; files never land in the process's folder instead.</summary>
[Collection(ModuleCollection.Name)]
public sealed class LocationTests(ModuleRunspace module)
{
    [Theory]
    [InlineData("$ExecutionContext.SessionState.Path.SetLocation('Env:') | Out-Null; 1, 2 | Export-ExperimentData where.csv", "where.csv")]
    [InlineData("1, 2 | Export-ExperimentData Variable:/where.csv", "where.csv")]
    [InlineData("$ExecutionContext.SessionState.Path.SetLocation('Env:') | Out-Null; 1, 2 | Export-Chart where.png", "where.png")]
    [InlineData("$ExecutionContext.SessionState.Path.SetLocation('Env:') | Out-Null; Invoke-VaeTraining -Epochs 1 -OutPath where", "where")]
    public void A_path_outside_the_file_system_is_refused(string script, string name)
    {
        try
        {
            Assert.Contains("not a path of the file system", module.Fails(script, "InvalidArgument").ToString(), StringComparison.Ordinal);
            Assert.False(File.Exists(name) || Directory.Exists(name));
        }
        finally
        {
            module.Run($"$null = $ExecutionContext.SessionState.Path.SetLocation('{Path.GetTempPath()}')");
        }
    }

    [Fact]
    public void A_pattern_without_a_match_is_an_error() =>
        Assert.Contains("No file matches", module.Fails("Import-ExperimentData /none*.csv", "PathNotFound").ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_link_to_a_missing_file_is_named_as_such()
    {
        string link = Path.Combine(Path.GetTempPath(), $"dangling-{Guid.NewGuid():N}.csv");
        File.CreateSymbolicLink(link, "missing.csv");
        try
        {
            Assert.Contains("is a link to 'missing.csv', which does not exist.", module.Fails($"Import-ExperimentData {link}", "PathNotFound").ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(link);
        }
    }
}
