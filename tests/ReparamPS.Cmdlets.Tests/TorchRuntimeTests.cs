using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using ReparamPS.Tests;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>libtorch as a step of its own, from packages in a folder, as without a network.</summary>
public sealed class TorchRuntimeTests(UnpackedPackage package) : IClassFixture<UnpackedPackage>
{
    private static readonly string Packages = Path.GetDirectoryName(UnpackedPackage.TorchPackagePath)!;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static string Install => $"Install-TorchRuntime -Source '{Packages}'";

    [Fact]
    public void The_package_is_small_and_complete()
    {
        using ZipArchive archive = ZipFile.OpenRead(package.PackagePath);
        string[] names = [.. archive.Entries.Select(entry => entry.FullName)];
        Assert.True(new FileInfo(package.PackagePath).Length < 20_000_000, "All systems together are to stay below 40 MB.");
        Assert.Contains("ReparamPS.psd1", names);
        Assert.Contains("LICENSE", names);
        Assert.Contains("THIRD-PARTY-NOTICES.txt", names);
        Assert.Contains("en-US/ReparamPS.Cmdlets.dll-Help.xml", names);
        Assert.Contains(names, name => name.StartsWith($"bin/{UnpackedPackage.Rid}/", StringComparison.Ordinal) && name.Contains("LibTorchSharp", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("torch_cpu", StringComparison.Ordinal));
    }

    [Fact]
    public void The_manifest_of_the_package_is_valid_and_names_the_version_of_the_package()
    {
        HostRun run = package.Run(package.NewFolder(), $"$m = Test-ModuleManifest '{Path.Combine(package.ModuleFolder, "ReparamPS.psd1")}' -ErrorAction Stop; \"ReparamPS.$($m.Version).nupkg\"; \"$($m.ProjectUri)\"; [bool]$m.LicenseUri; [bool]$m.ReleaseNotes; [bool]$m.HelpInfoUri; $m.Tags.Count -gt 3");
        Assert.Equal([Path.GetFileName(package.PackagePath), UnpackedPackage.ProjectUrl, "True", "True", "False", "True"], run.Lines);
        // Update-Help fails for a module whose HelpInfoUri leads to no HelpInfo.xml; hence False above.
        using ZipArchive archive = ZipFile.OpenRead(package.PackagePath);
        using var specification = new StreamReader(archive.GetEntry("ReparamPS.nuspec")!.Open());
        Assert.Contains($"<projectUrl>{UnpackedPackage.ProjectUrl}</projectUrl>", specification.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_publisher_the_manifest_names_no_page()
    {
        string manifest = File.ReadAllText(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "ReparamPS.psd1"));
        Assert.DoesNotContain("ProjectUri", manifest, StringComparison.Ordinal);
        Assert.DoesNotContain("HelpInfoURI", manifest, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_runtime_the_first_tensor_is_one_sentence_with_the_command()
    {
        HostRun run = package.Run(package.NewFolder(), "New-NormalDistribution");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("New-NormalDistribution: libtorch is not installed. Run Install-TorchRuntime (in a clone of ReparamPS: dotnet build).", run.Error.Trim());
    }

    [Fact]
    public void From_a_folder_of_packages_to_a_proven_gradient_and_back_to_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The folder of the user's data is given by XDG_DATA_HOME.");
        string data = package.NewFolder();
        var watch = Stopwatch.StartNew();
        HostRun installed = package.Run(data, $"$null = {Install}; (New-GammaDistribution 2 1 | Test-ReparameterizationGradient).Passed; (Get-TorchEnvironment).LibraryPath.StartsWith($env:XDG_DATA_HOME)");
        Assert.Equal((0, ""), (installed.ExitCode, installed.Error));
        Assert.Equal(["True", "True", "True"], installed.Lines);
        Assert.True(watch.Elapsed < Patience);

        HostRun again = package.Run(data, $"$r = {Install}; $r.Version; $r.Kind; $r.Scope; $r.Selected; @(Get-TorchRuntime).Count");
        Assert.Equal(["2.10.0", "Installed", "CurrentUser", "True", "1"], again.Lines);

        HostRun removed = package.Run(data, "Get-TorchRuntime | Uninstall-TorchRuntime; @(Get-TorchRuntime).Count");
        Assert.Equal((0, ""), (removed.ExitCode, removed.Error));
        Assert.Equal(["0"], removed.Lines);
        Assert.Empty(Directory.GetFileSystemEntries(data));
    }

    [Fact]
    public void An_interrupted_installation_leaves_no_runtime_and_the_next_one_cleans_up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The folder of the user's data is given by XDG_DATA_HOME.");
        string data = package.NewFolder(), folder = Path.Combine(data, "ReparamPS", "torch");
        using (Process process = package.Start(data, Install))
        {
            var watch = Stopwatch.StartNew();
            while (!Directory.Exists(folder) || Directory.GetDirectories(folder, ".*.tmp").Length == 0)
            {
                Assert.True(watch.Elapsed < Patience && !process.HasExited, "The installation did not begin.");
                Thread.Sleep(5);
            }
            process.Kill();
            process.WaitForExit();
        }
        Assert.Single(Directory.GetDirectories(folder), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.Equal(["0"], package.Run(data, "@(Get-TorchRuntime).Count").Lines);

        // Two sessions at once: one installs, the other waits for it.
        using Process first = package.Start(data, $"({Install}).Selected"), second = package.Start(data, $"({Install}).Selected");
        foreach (Process each in new[] { first, second })
        {
            Assert.Equal("True", each.StandardOutput.ReadToEnd().Trim());
            each.WaitForExit();
            Assert.Equal(0, each.ExitCode);
        }
        Assert.Equal(["2.10.0-cpu-linux-x64"], Directory.GetFileSystemEntries(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_package_of_other_content_is_refused_before_anything_is_extracted()
    {
        string data = package.NewFolder(), packages = package.NewFolder();
        File.WriteAllText(Path.Combine(packages, Path.GetFileName(UnpackedPackage.TorchPackagePath)), "not the package");
        AssertOneError(data, $"Install-TorchRuntime -Source '{packages}'", "SHA-512", "libtorch-cpu-");
        Assert.DoesNotContain(Directory.GetFileSystemEntries(data, "*.*", SearchOption.AllDirectories), path => path.EndsWith(".tmp", StringComparison.Ordinal) || path.EndsWith(".so", StringComparison.Ordinal));
    }

    [Fact]
    public void A_full_disk_is_one_error_with_both_sizes_and_leaves_nothing()
    {
        using MountedDisk disk = MountedDisk.Create(package.NewFolder(), "size=20m");
        AssertOneError(disk.Path, Install, "is too full", "463 MB are needed");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(disk.Path, "ReparamPS", "torch")));
    }

    [Fact]
    public void A_read_only_home_is_one_error_that_names_a_way_out()
    {
        using MountedDisk disk = MountedDisk.Create(package.NewFolder(), "size=1m");
        disk.Remount("ro");
        AssertOneError(disk.Path, Install, "is not writable", "-Path");
    }

    [Fact]
    public void Path_installs_elsewhere_and_the_environment_variable_finds_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The folder of the user's data is given by XDG_DATA_HOME.");
        string data = package.NewFolder(), path = Path.Combine(package.NewFolder(), "runtime ö");
        HostRun run = package.Run(data, $"$null = {Install} -Path '{path}' -WarningVariable said -WarningAction SilentlyContinue; \"$said\"; $env:REPARAMPS_TORCH_HOME = '{path}'; (Get-TorchRuntime).Kind; (Get-TorchEnvironment).LibraryPath");
        Assert.Equal([$"Set the environment variable REPARAMPS_TORCH_HOME to '{path}', so that sessions find the runtime.", "Named", Path.Combine(path, "libtorch_cpu.so")], run.Lines);
        Assert.Empty(Directory.GetFileSystemEntries(data));
        Assert.Equal(0, package.Run(data, $"Uninstall-TorchRuntime '{path}'").ExitCode);
        Assert.False(Directory.Exists(path));
    }

    [Theory]
    [InlineData("2.10.1+cpu", true)]
    [InlineData("2.9.0+cpu", false)]
    public void A_Python_environment_of_the_same_version_is_a_source(string version, bool isAllowed)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        string python = package.NewFolder(), lib = Directory.CreateDirectory(Path.Combine(python, "lib")).FullName, data = package.NewFolder();
        string staged = Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "bin");
        foreach (string file in Directory.GetFiles(staged, "lib*.so*")) File.CreateSymbolicLink(Path.Combine(lib, Path.GetFileName(file)), file);
        File.WriteAllText(Path.Combine(lib, "libtorch_python.so"), "not needed");
        File.WriteAllText(Path.Combine(python, "version.py"), $"__version__ = '{version}'\n");
        if (!isAllowed)
        {
            AssertOneError(data, $"Install-TorchRuntime -Source '{lib}'", "must be libtorch 2.10.0", version);
            return;
        }
        HostRun run = package.Run(data, $"$r = Install-TorchRuntime -Source '{lib}'; $r.Version; (New-NormalDistribution | Invoke-RSample -Count 2 -Seed 1).Count");
        Assert.Equal(["2.10.1+cpu", "2"], run.Lines.Take(2));
        Assert.Equal(["libc10.so", "libgomp-98b21ff3.so.1", "libtorch.so", "libtorch_cpu.so", "runtime.json"], Directory.GetFiles(Path.Combine(data, "ReparamPS", "torch", "2.10.0-cpu-linux-x64")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Install-TorchRuntime -Source ./none/here", "does not exist")]
    [InlineData("Install-TorchRuntime -Source ./none/here -WhatIf", "does not exist")]
    [InlineData("Install-TorchRuntime -Source .", "holds neither libtorch-cpu-")]
    [InlineData("Install-TorchRuntime -Source . -WhatIf", "holds neither libtorch-cpu-")]
    [InlineData("Install-TorchRuntime -Device Cuda -Source .", "holds neither libtorch-cuda-12.8-linux-x64.2.10.0.nupkg nor libtorch")]
    [InlineData("Uninstall-TorchRuntime .", "Only a runtime that Install-TorchRuntime installed can be removed")]
    [InlineData("Uninstall-TorchRuntime . -WhatIf", "Only a runtime that Install-TorchRuntime installed can be removed")]
    [InlineData("Install-TorchRuntime -Source nosuchfolder", "NuGet source; got 'nosuchfolder'")]
    [InlineData("Install-TorchRuntime -Source nosuchsource -WhatIf", "NuGet source; got 'nosuchsource'")]
    [InlineData("Install-TorchRuntime -Source ./file.txt -WhatIf", "file.txt' is a file.")]
    [InlineData("Install-TorchRuntime -Source file.nupkg -WhatIf", "file.nupkg' is a file. Give the folder that holds the package.")]
    [InlineData("Install-TorchRuntime -Source http//bad -WhatIf", "The folder 'http//bad' does not exist. A URL begins with http:// or https://.")]
    [InlineData("Install-TorchRuntime -Path ./file.txt -WhatIf", "Path must be a folder")]
    [InlineData("Install-TorchRuntime -Source . -Path .", "holds other files")]
    [InlineData("Install-TorchRuntime -Source . -Path . -WhatIf", "holds other files")]
    public void A_mistake_is_one_sentence(string command, string text)
    {
        string here = package.NewFolder();
        File.WriteAllText(Path.Combine(here, "file.txt"), "");
        File.WriteAllText(Path.Combine(here, "file.nupkg"), "");
        AssertOneError(package.NewFolder(), $"Set-Location '{here}'; {command}", text);
    }

    [Theory]
    [InlineData("none", "none' does not exist. The environment variable REPARAMPS_TORCH_HOME names this path.")]
    [InlineData("file.txt", "file.txt' is a file, not a folder. The environment variable REPARAMPS_TORCH_HOME names this path.")]
    [InlineData("", "' is not complete; missing: ")]
    public void A_variable_that_names_no_libtorch_is_a_warning(string name, string warning)
    {
        string here = package.NewFolder();
        File.WriteAllText(Path.Combine(here, "file.txt"), "");
        HostRun run = package.Run(package.NewFolder(), $"$env:REPARAMPS_TORCH_HOME = '{Path.Combine(here, name)}'; $found = @(Get-TorchRuntime -WarningVariable said -WarningAction SilentlyContinue); $found.Count; \"$said\"");
        Assert.Equal("0", run.Lines[0]);
        Assert.Contains(warning, run.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        string data = package.NewFolder();
        Assert.Contains("libtorch 2.10.0 (Cpu)", package.Run(data, "Install-TorchRuntime -WhatIf").Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(data));
    }

    [Fact]
    public void WhatIf_of_what_is_installed_shows_the_runtime_and_announces_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        string path = package.NewFolder();
        string[] files = ["libc10.so", "libtorch.so", "libtorch_cpu.so"];
        foreach (string file in files) File.WriteAllText(Path.Combine(path, file), "");
        File.WriteAllText(Path.Combine(path, "runtime.json"), JsonSerializer.Serialize(new { Version = "2.10.0", Device = "cpu", Source = "test", Files = files }));
        HostRun run = package.Run(package.NewFolder(), $"(Install-TorchRuntime -Path '{path}' -WhatIf).Version");
        Assert.Equal(["2.10.0"], run.Lines.Where(line => !line.StartsWith("WARNING", StringComparison.Ordinal)));
        AssertOneError(package.NewFolder(), $"Install-TorchRuntime -Path '{path}' -Device Cuda -WhatIf", "holds libtorch 2.10.0 for cpu, not 2.10.0 for cuda. Use -Force to replace it.");
    }

    private void AssertOneError(string data, string command, params string[] texts)
    {
        HostRun run = package.Run(data, command);
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Error.Split("-TorchRuntime: "), part => texts.All(text => part.Contains(text, StringComparison.Ordinal)));
    }
}
