namespace ReparamPS.Cmdlets.Tests;

/// <summary>Each case is a process of its own: a library that is loaded stays loaded.</summary>
public sealed class NativeLibraryTests : IDisposable
{
    private const string Variable = "REPARAMPS_TORCH_HOME";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps-native-");
    private string home;

    public NativeLibraryTests() => home = folder.FullName;

    private static string Staged => Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "bin");

    [Fact]
    public void Importing_the_module_loads_no_libtorch() =>
        Assert.Equal(["False"], HostProcess.Run("-Command", "$null = Get-DistributionType; $null = Get-Command -Module ReparamPS; [ReparamPS.Native.NativeLibraries]::IsTorchLoaded").Lines);

    [Fact]
    public void TorchSharp_finds_the_staged_copy_when_a_script_touches_it_first() =>
        Assert.Equal(["3", "1"], HostProcess.Run("-Command", "[TorchSharp.torch]::ones(3).sum().item(); @(New-NormalDistribution | Invoke-RSample).Count").Lines);

    [Fact]
    public void TorchSharp_finds_the_named_folder_when_a_script_touches_it_first()
    {
        LinkAllBut("libLibTorchSharp.so");
        Assert.Equal(["3", "True"], Named("[TorchSharp.torch]::ones(3).sum().item(); (Get-TorchEnvironment).LibraryPath.StartsWith($env:REPARAMPS_TORCH_HOME)").Lines);
    }

    [Fact]
    public void A_second_copy_of_libtorch_is_not_loaded_beside_the_named_one()
    {
        CopyAllBut("libLibTorchSharp.so");
        HostRun run = Named("(New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1).Count; @(Get-TorchEnvironment -Library).Where{ $_.Loaded -and $_.Path.StartsWith($env:REPARAMPS_TORCH_HOME) }.Name -join ' '");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["3", "c10 torch_cpu torch"], run.Lines);
    }

    [Fact]
    public void A_folder_with_hash_files_of_a_CUDA_package_loads()
    {
        LinkAllBut("");
        File.WriteAllText(Path.Combine(folder.FullName, "libtorch_cuda.so.sha"), new string('a', 64));
        Assert.Equal(["cpu"], Named("(Get-TorchEnvironment).Backend").Lines);
    }

    [Fact]
    public void A_folder_without_libtorch_is_one_error_that_names_each_missing_library() => AssertOneError("is not complete; missing: ", "torch_cpu", "REPARAMPS_TORCH_HOME");

    [Fact]
    public void A_folder_that_does_not_exist_is_one_error()
    {
        folder.Delete();
        AssertOneError("does not exist");
        folder.Create();
    }

    [Theory]
    [InlineData("2.11.0+cu130", "2.11.0+cu130")]
    [InlineData("1.13.0", "1.13.0")]
    public void Another_version_of_PyTorch_is_one_error_with_both_versions(string version, string text) => InPython(version, () => AssertOneError(text, "2.10.0", "REPARAMPS_TORCH_FORCE=1"));

    [Fact]
    public void PyTorch_of_the_same_minor_version_is_used() =>
        InPython("2.10.1+cu128", () => Assert.Equal(["2.10.0"], Named("(Get-TorchEnvironment).LibTorch").Lines));

    [Fact]
    public void Another_version_of_PyTorch_is_used_if_it_is_forced_and_has_all_symbols() =>
        InPython("2.11.0", () => Assert.Equal(["2.10.0"], Named("(Get-TorchEnvironment).LibTorch", "$env:REPARAMPS_TORCH_FORCE = 1; ").Lines));

    [Fact]
    public void A_forced_libtorch_without_some_symbols_is_one_error()
    {
        const string Debian = "/usr/lib/x86_64-linux-gnu";
        Assert.SkipUnless(File.Exists(Path.Combine(Debian, "libtorch_cpu.so")), "Debian's libtorch 1.13 is not installed.");
        HostRun run = HostProcess.Run("-Command", $"$env:{Variable} = '{Debian}'; $env:REPARAMPS_TORCH_FORCE = 1; New-NormalDistribution");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("lacks", run.Error, StringComparison.Ordinal);
        Assert.Contains("_ZN", run.Error, StringComparison.Ordinal);
    }

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
        AssertOneError(damaged, "truncated");
    }

    [Fact]
    public void A_copy_without_one_of_its_libraries_is_one_error_that_says_what_to_run()
    {
        LinkAllBut("libc10.so");
        AssertOneError("missing: libc10.so");
    }

    public void Dispose() => folder.Delete(recursive: true);

    private void LinkAllBut(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        foreach (string file in Directory.EnumerateFiles(Staged, "*.so*").Where(file => Path.GetFileName(file) != name))
            File.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(file)), file);
    }

    private void CopyAllBut(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        foreach (string file in Directory.EnumerateFiles(Staged, "*.so*").Where(file => Path.GetFileName(file) != name)) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
    }

    /// <summary>Runs a check with libtorch in a folder 'lib' beside a version.py, as a Python package has it.</summary>
    private void InPython(string version, Action check)
    {
        LinkAllBut("libLibTorchSharp.so");
        string lib = Path.Combine(folder.FullName, "lib");
        Directory.CreateDirectory(lib);
        foreach (string file in Directory.GetFiles(folder.FullName)) File.Move(file, Path.Combine(lib, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(folder.FullName, "version.py"), $"from typing import Optional\n__version__ = '{version}'\ndebug = False\n");
        home = lib;
        check();
    }

    private HostRun Named(string command, string before = "") => HostProcess.Run("-Command", $"$env:{Variable} = '{home}'; {before}{command}");

    private void AssertOneError(params string[] texts)
    {
        HostRun run = Named("New-NormalDistribution");
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Lines);
        Assert.Single(run.Error.Split("New-NormalDistribution:"), part => texts.All(text => part.Contains(text, StringComparison.Ordinal)));
    }
}
