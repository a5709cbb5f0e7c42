namespace ReparamPS.Cmdlets.Tests;

/// <summary>Each case is a process of its own: a library that is loaded stays loaded.</summary>
public sealed class NativeLibraryTests : IDisposable
{
    private const string Variable = "REPARAMPS_NATIVE";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-native-");

    private static string Staged => Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "bin");

    [Fact]
    public void Importing_the_module_loads_no_libtorch() =>
        Assert.Equal(["False"], HostProcess.Run("-Command", "$null = Get-DistributionType; $null = Get-Command -Module ReparamPS; [ReparamPS.Native.NativeLibraries]::IsTorchLoaded").Lines);

    [Fact]
    public void TorchSharp_finds_the_staged_copy_when_a_script_touches_it_first() =>
        Assert.Equal(["3", "1"], HostProcess.Run("-Command", "[TorchSharp.torch]::ones(3).sum().item(); @(New-NormalDistribution | Invoke-RSample).Count").Lines);

    [Fact]
    public void A_missing_copy_is_one_error_that_says_what_to_run() => AssertOneError("are missing");

    [Theory]
    [InlineData("libLibTorchSharp.so")]
    [InlineData("libtorch_cpu.so")]
    public void A_truncated_copy_is_one_error_that_says_what_to_run(string damaged)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the loader itself refuses a truncated library.");
        LinkAllBut(damaged);
        using (FileStream source = File.OpenRead(Path.Combine(Staged, damaged)))
        using (FileStream target = File.Create(Path.Combine(folder.FullName, damaged)))
        {
            byte[] head = new byte[100_000];
            source.ReadExactly(head);
            target.Write(head);
        }
        AssertOneError(damaged);
    }

    [Fact]
    public void A_copy_without_one_of_its_libraries_is_one_error_that_says_what_to_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        LinkAllBut("libc10.so");
        AssertOneError("cannot be loaded");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void LinkAllBut(string name)
    {
        foreach (string file in Directory.EnumerateFiles(Staged, "*.so*").Where(file => Path.GetFileName(file) != name))
            File.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(file)), file);
    }

    private void AssertOneError(string text)
    {
        HostRun run = HostProcess.Run("-Command", $"$env:{Variable} = '{folder.FullName}'; New-NormalDistribution");
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Lines);
        Assert.Single(run.Error.Split("New-NormalDistribution:"), part => part.Contains(text, StringComparison.Ordinal) && part.Contains("dotnet build", StringComparison.Ordinal));
    }
}
