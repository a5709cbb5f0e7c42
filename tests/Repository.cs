namespace ReparamPS.Tests;

/// <summary>The repository that the tests and benchmarks were built in.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ReparamPS.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException($"ReparamPS.sln is in no folder above '{AppContext.BaseDirectory}'.");
        return folder.FullName;
    }
}
