using System.Diagnostics;

namespace ReparamPS.Native;

/// <summary>The native libraries that are in this process.</summary>
internal static class LoadedModules
{
    private const string Maps = "/proc/self/maps";

    /// <summary>The path of each loaded library whose file name starts with a text.</summary>
    public static IReadOnlyList<string> StartingWith(string start) =>
        [.. Paths().Where(path => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    /// <summary>The path of a loaded library; null if it is not loaded.</summary>
    public static string? Find(string name) => StartingWith(Platform.FileName(name)) is [{ } path, ..] ? path : null;

    // The process's own list of modules is complete on every system, but far slower on Linux.
    private static IEnumerable<string> Paths()
    {
        if (File.Exists(Maps)) return File.ReadLines(Maps).Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "").Where(path => path.Length > 0);
        using Process process = Process.GetCurrentProcess();
        return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
    }
}
