using System.Diagnostics;
using System.IO.Compression;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>The module as a user has it after Install-PSResource: the package of this system, made and unpacked in a folder whose name has spaces and letters beyond ASCII, beside a console.</summary>
public sealed class UnpackedPackage : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("reparamps päckage ");
    private readonly string console;

    public UnpackedPackage()
    {
        // Nodes and servers that outlive the build would hold its output open.
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        Run("dotnet", ["build", Path.Combine(ModuleRunspace.Root, "build", "package.proj"), "-c", configuration, "-p:BuildModule=false", "-nodeReuse:false", "-p:UseSharedCompilation=false", $"-p:PackageRids={Rid}", $"-p:ProjectUrl={ProjectUrl}", $"-p:PackageOutputPath={Path.Combine(root.FullName, "packages")}/"]);
        PackagePath = Directory.GetFiles(Path.Combine(root.FullName, "packages"), "ReparamPS.*.nupkg").Single();
        ZipFile.ExtractToDirectory(PackagePath, ModuleFolder);
        console = Path.Combine(root.FullName, "console");
        string host = Path.GetDirectoryName(HostProcess.AssemblyPath)!;
        foreach (string file in Directory.GetFiles(host, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(console, Path.GetRelativePath(host, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>The page of the project, as its publisher names it.</summary>
    public const string ProjectUrl = "https://example.org/reparam";

    public string PackagePath { get; }

    public string ModuleFolder => Path.Combine(root.FullName, "module", "ReparamPS");

    /// <summary>The package of libtorch that the build restored.</summary>
    public static string TorchPackagePath { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        $"libtorch-cpu-{Rid}", "2.10.0", $"libtorch-cpu-{Rid}.2.10.0.nupkg");

    public static string Rid => OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";

    /// <summary>An empty folder.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(root.FullName, Path.GetRandomFileName())).FullName;

    /// <summary>Runs a command in the console with the unpacked module; data of the user go to a folder.</summary>
    public HostRun Run(string data, string command) => HostProcess.RunAssembly(Console, "", "-Command", Command(data, command));

    /// <summary>Starts a command.</summary>
    public Process Start(string data, string command) => HostProcess.Start(Console, "-Command", Command(data, command));

    public void Dispose() => root.Delete(recursive: true);

    private string Console => Path.Combine(console, "ReparamPS.Host.dll");

    // A user's own settings must not decide a test.
    private static string Command(string data, string command) => $"$env:REPARAMPS_TORCH_HOME = $null; $env:XDG_DATA_HOME = '{data}'; {command}";

    private static void Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
