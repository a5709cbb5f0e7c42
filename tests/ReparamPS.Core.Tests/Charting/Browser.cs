using System.Diagnostics;

namespace ReparamPS.Core.Tests.Charting;

/// <summary>A browser without a window, if one is installed.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program; null if none is installed.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>The document after its scripts have run.</summary>
    public static string Document(string file)
    {
        string profile = Directory.CreateTempSubdirectory("reparamps-browser-").FullName;
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Path!, ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", $"--user-data-dir={profile}", "--window-size=1300,900", "--virtual-time-budget=20000", "--dump-dom", new Uri(file).AbsoluteUri])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> text = process.StandardOutput.ReadToEndAsync();
            if (!text.Wait(TimeSpan.FromSeconds(180)))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException("The browser did not end.");
            }
            process.WaitForExit();
            return text.Result;
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }
}
