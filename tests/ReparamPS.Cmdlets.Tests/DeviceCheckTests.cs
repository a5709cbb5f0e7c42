using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>The check that proves a device, on the CPU: in the project's console, and in the bundle for machines without .NET.</summary>
public sealed partial class DeviceCheckTests : IDisposable
{
    private static readonly string Script = Path.Combine(ModuleRunspace.Root, "tests", "device", "device-check.ps1");

    private static readonly string DotNet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private readonly string folder = Directory.CreateTempSubdirectory("reparamps-device-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_CPU_passes()
    {
        // The parts left out take more time than the suite has, and other tests run beside this one.
        string results = Path.Combine(folder, "results.jsonl");
        HostRun run = Run(DotNet, folder, [], "exec", HostProcess.AssemblyPath, Script, "-Device", "cpu", "-Part", "environment,draws,densities,estimators,vae", "-Seconds", "900", "-OutFile", results);
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        JsonElement[] records = Read(results);
        int passed = Count(records, "passed"), skipped = Count(records, "skipped");
        Assert.Equal($"{passed} passed, 0 failed, {skipped} skipped", run.Lines[^1]);
        Assert.True(passed > 40, $"{passed} checks");
        Assert.Equal(["environment", "draws", "densities", "estimators", "vae"], records.Select(record => record.GetProperty("part").GetString()!).Distinct());
    }

    [Fact]
    public void A_device_that_does_not_exist_fails_in_every_part_with_the_reason()
    {
        string results = Path.Combine(folder, "results.jsonl");
        HostRun run = HostProcess.Run(Script, "-Device", "cuda:99", "-Part", "environment,draws", "-OutFile", results);
        Assert.Equal(1, run.ExitCode);
        JsonElement[] failed = [.. Read(results).Where(record => record.GetProperty("status").GetString() == "failed")];
        Assert.Equal(["environment", "draws"], failed.Select(record => record.GetProperty("part").GetString()!));
        Assert.All(failed, record => Assert.Contains("CUDA", record.GetProperty("text").GetString(), StringComparison.OrdinalIgnoreCase));
        Assert.Contains(" passed, 2 failed, ", run.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_takes_too_long_is_ended_and_fails()
    {
        // Epochs of a large VAE take far longer on any CPU.
        HostRun run = HostProcess.Run(Script, "-Device", "cpu", "-Part", "throughput", "-Seconds", "6", "-OutFile", Path.Combine(folder, "results.jsonl"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(run.Lines, line => line.StartsWith("failed  throughput", StringComparison.Ordinal) && line.Contains("did not end within 6 s", StringComparison.Ordinal));
        HostRun late = HostProcess.Run(Script, "-Device", "cpu", "-Part", "memory", "-Seconds", "4", "-OutFile", Path.Combine(folder, "late.jsonl"));
        Assert.Contains(late.Lines, line => line.StartsWith("skipped memory", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_part_is_an_error_that_lists_the_parts()
    {
        HostRun run = HostProcess.Run(Script, "-Device", "cpu", "-Part", "gpu");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Part must be one of environment, draws", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bundle_passes_in_an_empty_environment_with_a_libtorch_of_another_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The bundle is for Linux.");
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        HostRun built = Run(DotNet, ModuleRunspace.Root, [],
            "build", Path.Combine("build", "bundle.proj"), "-c", configuration, "-p:BuildConsole=false", "-p:Pack=false", $"-p:Artifacts={folder}/", "--nologo");
        Assert.True(built.ExitCode == 0, built.Output + built.Error);
        string bundle = Path.Combine(folder, "moved"), torch = Path.Combine(folder, "torch", "lib"), elsewhere = Path.Combine(folder, "elsewhere");
        Directory.Move(Path.Combine(folder, "ReparamPS-bundle-linux-x64"), bundle);
        Assert.Equal(["libLibTorchSharp.so"], Directory.EnumerateFiles(Path.Combine(bundle, "module", "ReparamPS", "bin"), "*.so*").Select(Path.GetFileName));
        Directory.CreateDirectory(elsewhere);
        Directory.CreateDirectory(torch);
        foreach (string library in Directory.EnumerateFiles(Path.Combine(ModuleRunspace.Root, "module", "ReparamPS", "bin"), "lib*.so*").Where(file => !file.Contains("LibTorchSharp", StringComparison.Ordinal)))
            File.CreateSymbolicLink(Path.Combine(torch, Path.GetFileName(library)), library);
        HostRun run = Run(Path.Combine(bundle, "reparamps"), elsewhere, new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder, ["REPARAMPS_TORCH_HOME"] = torch },
            Path.Combine(bundle, "tests", "device", "device-check.ps1"), "-Device", "cpu", "-Part", "environment,draws", "-Seconds", "900");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Matches(LastLine(), run.Lines[^1]);
        Assert.Contains(run.Lines, line => line.Contains(torch, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(elsewhere, "device-check.jsonl")));
    }

    // With no environment but the given variables; empty keeps the own one.
    private static HostRun Run(string program, string folder, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        if (environment.Count > 0) start.Environment.Clear();
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(8)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end.");
        }
        return new HostRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static int Count(JsonElement[] records, string status) => records.Count(record => record.GetProperty("status").GetString() == status);

    private static JsonElement[] Read(string file) => [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)];

    [GeneratedRegex(@"^\d+ passed, 0 failed, \d+ skipped$")]
    private static partial Regex LastLine();
}
