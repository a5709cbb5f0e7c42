using System.Diagnostics;
using System.Text;

namespace ReparamPS.Cmdlets.Tests;

/// <summary>Runs the built host on a terminal, which the program <c>script</c> makes.</summary>
internal static class HostTerminal
{
    private const string Program = "/usr/bin/script";
    private const int Tries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), TypingPause = TimeSpan.FromSeconds(1);

    /// <summary>Runs a command to its end, and types each answer as soon as the host asks for it.</summary>
    /// <returns>The text on the terminal, and the exit code.</returns>
    public static (string Screen, int ExitCode) Run(string command, params (string Question, string Answer)[] answers)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".ps1");
        File.WriteAllText(file, command);
        try
        {
            return Repeat($"'{file}'", answers);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Types at the prompt, as soon as the host shows the text before each answer.</summary>
    /// <returns>The text on the terminal, and the exit code.</returns>
    public static (string Screen, int ExitCode) RunPrompt(params (string Question, string Answer)[] answers) => Repeat("", answers);

    private static (string Screen, int ExitCode) Repeat(string arguments, (string Question, string Answer)[] answers)
    {
        // On a busy machine, what is written to the pipe of script is sometimes lost on the way to its terminal. A real terminal of the same kind never lost it.
        for (int i = 1; i < Tries; i++)
        {
            if (Try(arguments, answers) is { } result) return result;
        }
        return Try(arguments, answers) ?? throw new TimeoutException($"The host did not end within {Patience}, {Tries} times.");
    }

    // Null if the command did not end in time.
    private static (string Screen, int ExitCode)? Try(string arguments, (string Question, string Answer)[] answers)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(Program)) Assert.Skip($"{Program} is not on this machine.");
        DirectoryInfo data = Directory.CreateTempSubdirectory("reparamps-terminal-");
        try
        {
            var start = new ProcessStartInfo(Program, ["-qec", $"'{Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"}' exec '{HostProcess.AssemblyPath}' {arguments}", "/dev/null"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment["TERM"] = "xterm";
            // The user's own history stays as it is.
            start.Environment["XDG_DATA_HOME"] = data.FullName;
            using Process process = Process.Start(start)!;
            using var patience = new CancellationTokenSource(Patience);
            using CancellationTokenRegistration end = patience.Token.Register(() => process.Kill(entireProcessTree: true));
            var screen = new StringBuilder();
            int seen = 0;
            foreach ((string question, string answer) in answers)
            {
                while (screen.ToString().IndexOf(question, seen, StringComparison.Ordinal) < 0)
                {
                    string text = Next(process);
                    if (text.Length == 0 && patience.IsCancellationRequested) return null;
                    if (text.Length == 0) Assert.Fail($"The host ended without the question. On the screen: {screen}");
                    screen.Append(text);
                }
                seen = screen.ToString().IndexOf(question, seen, StringComparison.Ordinal) + question.Length;
                // As a user does: what arrives before the host reads keys goes through the terminal's line mode.
                Thread.Sleep(TypingPause);
                if (patience.IsCancellationRequested) return null;
                if (process.HasExited) Assert.Fail($"The host ended before '{question}' was answered. On the screen: {screen}");
                process.StandardInput.Write(answer);
                process.StandardInput.Flush();
            }
            screen.Append(process.StandardOutput.ReadToEnd());
            process.WaitForExit();
            if (patience.IsCancellationRequested) return null;
            return (screen.ToString(), process.ExitCode);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static string Next(Process process)
    {
        char[] buffer = new char[256];
        return new string(buffer, 0, process.StandardOutput.Read(buffer));
    }
}
