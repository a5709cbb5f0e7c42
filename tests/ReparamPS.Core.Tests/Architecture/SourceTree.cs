using ReparamPS.Tests;

namespace ReparamPS.Core.Tests.Architecture;

/// <summary>The source that these tests were built from.</summary>
internal static class SourceTree
{
    /// <summary>The folder of the projects.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "src");

    /// <summary>The C# files of a project, without those that the build makes.</summary>
    public static IEnumerable<string> Files(string project) => Directory.EnumerateFiles(Path.Combine(Folder, project), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains(Path.DirectorySeparatorChar + "obj" + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    /// <summary>A file or folder relative to the projects, with forward slashes.</summary>
    public static string NameOf(string path) => Path.GetRelativePath(Folder, path).Replace('\\', '/');
}
