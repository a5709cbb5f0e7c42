using System.Reflection;

namespace ReparamPS.Host;

/// <summary>The entry point.</summary>
internal static class Program
{
    private const int UsageError = 64;

    private static int Main(string[] arguments)
    {
        // The engine's telemetry is PowerShell's own, and slows each start.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        WindowsConsole.UseUtf8();
        HostOptions options;
        try
        {
            options = HostOptions.Parse(arguments);
        }
        catch (ArgumentException error)
        {
            Terminal.WriteError(error.Message);
            return UsageError;
        }
        switch (options.Mode)
        {
            case HostMode.Help:
                Console.Out.Write(HostOptions.Usage);
                return 0;
            case HostMode.Version:
                Console.Out.WriteLine($"ReparamPS.Host {ConsoleHost.HostVersion}, PowerShell {HostSession.EngineVersion}");
                return 0;
        }
        int code = Run(options);
        // The pipeline's thread is a foreground thread, and native libraries may own more: the process must not wait for them.
        Console.Out.Flush();
        Environment.Exit(code);
        return code;
    }

    private static int Run(HostOptions options)
    {
        if (options.Mode == HostMode.Script && !File.Exists(options.Text))
        {
            Terminal.WriteError($"The script file '{options.Text}' does not exist.");
            return UsageError;
        }
        if (options.Mode == HostMode.Script && !HostOptions.IsScript(options.Text))
        {
            Terminal.WriteError($"SCRIPT must end in .ps1 or have no extension; got '{options.Text}'.");
            return UsageError;
        }
        if (ModuleLocation.Find(AppContext.BaseDirectory) is not { } manifest)
        {
            Terminal.WriteError(
                $"There is no built module/ReparamPS folder above '{AppContext.BaseDirectory}'. "
                + "Run 'dotnet build' in the root of the ReparamPS repository.");
            return 1;
        }
        if (options.Mode == HostMode.Worker) return RunWorker(manifest, options.ScriptArguments);
        using var session = new HostSession(manifest, interactive: options.Mode == HostMode.Prompt && !Console.IsInputRedirected);
        if (!session.ImportModule()) return 1;
        return options.Mode switch
        {
            HostMode.Script => session.RunScript(Path.GetFullPath(options.Text), options.ScriptArguments),
            HostMode.Command => session.RunCommand(options.Text),
            _ => new PromptLoop(session).Run(),
        };
    }

    // A sweep worker opens its own runspace; opening the host's too would double its start time.
    private static int RunWorker(string manifest, IReadOnlyList<string> arguments)
    {
        string cmdlets = Path.Combine(Path.GetDirectoryName(manifest)!, "bin", "ReparamPS.Cmdlets.dll");
        Assembly.LoadFrom(cmdlets).GetType("ReparamPS.Cmdlets.Sweeps.SweepWorkerProcess", throwOnError: true)!.GetMethod("Main")!.Invoke(null, [arguments]);
        return 0;
    }
}
