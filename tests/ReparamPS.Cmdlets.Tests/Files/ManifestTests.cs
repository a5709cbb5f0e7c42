namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>What the manifest promises is what the assembly has.</summary>
[Collection(ModuleCollection.Name)]
public sealed class ManifestTests(ModuleRunspace module)
{
    [Fact]
    public void The_manifest_lists_exactly_the_cmdlets_and_aliases_of_the_assembly()
    {
        string assembly = Path.Combine(Path.GetDirectoryName(ModuleRunspace.ManifestPath)!, "bin", "ReparamPS.Cmdlets.dll");
        Assert.Equal(Names($"[Reflection.Assembly]::LoadFrom('{assembly}').GetExportedTypes().ForEach{{ $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) }}.ForEach{{ \"$($_.VerbName)-$($_.NounName)\" }}"),
            Names(Listed("CmdletsToExport")));
        // The other aliases are those of the assertions, which are functions.
        Assert.Equal(Names($"[Reflection.Assembly]::LoadFrom('{assembly}').GetExportedTypes().Where{{ $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) }}.ForEach{{ $_.GetCustomAttributes([System.Management.Automation.AliasAttribute], $false).AliasNames }}"),
            Names(Listed("AliasesToExport")).Where(name => !name.StartsWith("Should-", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_manifest_has_no_wildcards_and_requires_no_library()
    {
        Assert.DoesNotContain(Names(Listed("CmdletsToExport")), name => name.Contains('*', StringComparison.Ordinal));
        // Whatever the manifest itself requires is loaded before the checks of the first nested module.
        foreach (string key in new[] { "RequiredAssemblies", "TypesToProcess", "FormatsToProcess", "ScriptsToProcess" }) Assert.Empty(Names(Listed(key)));
        Assert.Equal("ReparamPS.Pester.psm1", module.Run(Listed("NestedModules"))[0].ToString());
    }

    private static string Listed(string key) => $"([scriptblock]::Create([IO.File]::ReadAllText('{ModuleRunspace.ManifestPath}')).InvokeReturnAsIs()).{key}";

    private string[] Names(string script) => [.. module.Run(script).Where(name => name is not null).Select(name => name.ToString()).Order(StringComparer.Ordinal)];
}
