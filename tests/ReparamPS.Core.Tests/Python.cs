using System.Diagnostics;

namespace ReparamPS.Core.Tests;

/// <summary>Runs scripts in the machine's Python, whose standard library reads CSV, JSON and SQLite.</summary>
internal static class Python
{
    private static readonly string? Path = new[] { "/usr/bin/python3", "python3", "python" }.FirstOrDefault(Works);

    /// <summary>Runs a script, which prints its result as UTF-8; skips the test if there is no Python.</summary>
    public static string Run(string script, params string[] arguments)
    {
        Assert.SkipWhen(Path is null, "There is no Python 3 with sqlite3 on this machine.");
        using Process process = Start(Path!, script, arguments);
        Task<string> problems = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, problems.GetAwaiter().GetResult());
        return output;
    }

    private static bool Works(string path)
    {
        try
        {
            using Process process = Start(path, "import sys, csv, json, sqlite3; sys.exit(0 if sys.version_info >= (3, 8) else 1)", []);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static Process Start(string path, string script, string[] arguments)
    {
        var start = new ProcessStartInfo(path) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = new System.Text.UTF8Encoding(false) };
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        foreach (string argument in new[] { "-c", script }.Concat(arguments)) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
