using System.Diagnostics;
using System.Globalization;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>What a run of the built host gave.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record HostRun(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of the output that aren't blank.</summary>
    public string[] Lines => Output.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Starts the built host as a process.</summary>
public static class HostProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The host's assembly, of the configuration that the tests are of.</summary>
    public static string AssemblyPath { get; } = Path.Combine(
        ModuleRunspace.Root, "src", "ReparamPS.Host", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "ReparamPS.Host.dll");

    /// <summary>Runs the host to its end.</summary>
    public static HostRun Run(params string[] arguments) => RunWithInput("", arguments);

    /// <summary>Runs the host to its end, with lines on its standard input.</summary>
    public static HostRun RunWithInput(string input, params string[] arguments) => RunAssembly(AssemblyPath, input, arguments);

    /// <summary>Runs a host assembly to its end.</summary>
    public static HostRun RunAssembly(string assembly, string input, params string[] arguments)
    {
        using Process process = Start(assembly, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The host did not end: {string.Join(' ', arguments)}");
        }
        return new HostRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Starts the host. It takes interrupts even where the tests run in the background of a shell, which ignores them for its children.</summary>
    public static Process Start(string assembly, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        bool ignored = IgnoresInterrupts();
        var start = new ProcessStartInfo(ignored ? "env" : dotnet)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (ignored)
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add(dotnet);
        }
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    // SIGINT is signal 2, and the mask's second bit.
    private static bool IgnoresInterrupts() => OperatingSystem.IsLinux()
        && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is string line
        && (ulong.Parse(line.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 2) != 0;
}
