namespace ReparamPS.Native;

/// <summary>Paths without links, so that two spellings of one file compare equal.</summary>
public static class FinalPath
{
    /// <summary>The path of an existing file or folder, after links in all its parts are followed.</summary>
    /// <param name="path">The path.</param>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path), root = Path.GetPathRoot(full)!;
        string current = root;
        foreach (string part in full[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(current, part);
            FileSystemInfo entry = Directory.Exists(next) ? new DirectoryInfo(next) : new FileInfo(next);
            current = entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Of(target.FullName) : next;
        }
        return current;
    }

    /// <summary>Whether two paths lead to the same file or folder.</summary>
    /// <param name="left">A path.</param>
    /// <param name="right">Another path.</param>
    public static bool AreEqual(string left, string right) =>
        string.Equals(Of(left), Of(right), OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
