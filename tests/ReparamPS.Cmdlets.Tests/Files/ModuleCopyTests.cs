using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ReparamPS.Cmdlets.Tests.Files;

/// <summary>A second copy of the module, of the same or of another build, and one that is not built: one error each that says what to do.</summary>
public sealed class ModuleCopyTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparamps copy ").FullName;

    private static string ModuleFolder => Path.GetDirectoryName(ModuleRunspace.ManifestPath)!;

    private string Copy => Path.Combine(folder, "ReparamPS");

    private string Assembly => Path.Combine(Copy, "bin", "ReparamPS.Cmdlets.dll");

    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void A_second_copy_is_refused_in_one_error_and_the_first_still_works(bool otherBuild, bool removed)
    {
        CopyModule();
        if (otherBuild) ChangeIdentity(Assembly);
        // The console has imported the module of the build.
        HostRun run = HostProcess.Run("-Command", $$"""
            {{(removed ? "Remove-Module ReparamPS" : "")}}
            try { Import-Module '{{Copy}}' } catch { $_.FullyQualifiedErrorId; $_.Exception.Message }
            "$((Get-Module ReparamPS).ModuleBase)"
            Import-Module '{{ModuleRunspace.ManifestPath}}'
            (New-Tensor 3).pow(2).item()
            """);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output);
        string version = System.Reflection.AssemblyName.GetAssemblyName(Assembly).Version!.ToString(3);
        Assert.Equal(
            ["ModuleAlreadyLoaded,Microsoft.PowerShell.Commands.ImportModuleCommand",
            $"ReparamPS {version} is already loaded from '{ModuleFolder}', and .NET cannot unload it. Start a new session to import the module from '{Copy}'.",
            .. removed ? Array.Empty<string>() : [ModuleFolder], "9"], run.Lines);
    }

    [Fact]
    public void A_module_that_is_not_built_says_how_to_build_it()
    {
        CopyModule();
        Directory.Delete(Path.Combine(Copy, "bin"), recursive: true);
        HostRun run = HostProcess.Run("-Command", $"Remove-Module ReparamPS; try {{ Import-Module '{Copy}' }} catch {{ $_.FullyQualifiedErrorId; $_.Exception.Message }}");
        Assert.Equal(
            ["ModuleNotBuilt,Microsoft.PowerShell.Commands.ImportModuleCommand",
            $"The module in '{Copy}' is not built: bin/ReparamPS.Cmdlets.dll does not exist. Run 'dotnet build -c Release' in the top folder of the repository."], run.Lines);
    }

    // Types and views come and go with the module.
    [Fact]
    public void The_module_can_be_imported_again_with_force_after_removal_and_under_a_prefix()
    {
        HostRun run = HostProcess.Run("-Command", $"""
            Import-Module '{ModuleRunspace.ManifestPath}' -Force
            (New-Tensor 2).pow(2).item()
            Remove-Module ReparamPS
            Import-Module '{ModuleRunspace.ManifestPath}' -Prefix Foo
            (New-FooTensor 3).pow(2).item()
            New-FooTensor 4
            """);
        Assert.True(run is { ExitCode: 0, Error: "" }, run.Error + run.Output);
        Assert.Equal(["4", "9", "tensor float64 []", "4"], run.Lines);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // What the checks before the import read.
    private void CopyModule()
    {
        string[] files = [.. Directory.GetFiles(ModuleFolder), Path.Combine(ModuleFolder, "bin", "ReparamPS.Cmdlets.dll")];
        foreach (string file in files)
        {
            string copy = Path.Combine(Copy, Path.GetRelativePath(ModuleFolder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // A compiler gives each build an identity of its own; .NET compares it.
    private static void ChangeIdentity(string assembly)
    {
        byte[] image = File.ReadAllBytes(assembly);
        int place;
        using (var reader = new PEReader(new MemoryStream(image)))
        {
            place = reader.PEHeaders.MetadataStartOffset + reader.GetMetadataReader().GetHeapMetadataOffset(HeapIndex.Guid);
        }
        image[place] ^= 1;
        File.WriteAllBytes(assembly, image);
    }
}
