using System.Diagnostics;

namespace ReparamPS.Native;

/// <summary>The native libraries that are in this process.</summary>
internal static class LoadedModules
{
    // Linux marks a library so if its file was deleted after it was loaded.
    private const string Maps = "/proc/self/maps", DeletedMark = " (deleted)";

    /// <summary>The path of each loaded library whose file name starts with a text.</summary>
    public static IReadOnlyList<string> StartingWith(string start) =>
        [.. Paths().Where(path => Path.GetFileName(path).StartsWith(start, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    /// <summary>The path of a loaded library; null if it is not loaded.</summary>
    public static string? Find(string name) => StartingWith(Platform.FileName(name)) is [{ } path, ..] ? path : null;

    // The process's own list of modules is complete on every system, but far slower on Linux.
    private static IEnumerable<string> Paths()
    {
        if (File.Exists(Maps)) return File.ReadLines(Maps).Select(PathIn).Where(path => path.Length > 0);
        using Process process = Process.GetCurrentProcess();
        return [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName)];
    }

    /// <summary>The path in a line of the list; empty if it has none.</summary>
    internal static string PathIn(string line)
    {
        if (line.IndexOf('/', StringComparison.Ordinal) is var start && start < 0) return "";
        return line.EndsWith(DeletedMark, StringComparison.Ordinal) ? line[start..^DeletedMark.Length] : line[start..];
    }
}
