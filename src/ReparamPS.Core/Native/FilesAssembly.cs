using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace ReparamPS.Native;

/// <summary>
/// Access to ReparamPS.Files, which reads and writes formats through third-party libraries. It is loaded on first use, in its own load context, and used
/// through the interfaces that it implements.
/// </summary>
public static class FilesAssembly
{
    private const string Name = "ReparamPS.Files", FolderName = "files";

    private static readonly object Gate = new();
    private static readonly ConcurrentDictionary<Type, object> Services = new();
    private static Assembly? loaded;

    /// <summary>The folder of the assembly, its libraries and their native parts; null if it is not staged.</summary>
    public static string? Directory => NativeLibraries.Folders.Select(folder => Path.Combine(folder, FolderName)).FirstOrDefault(folder => File.Exists(Path.Combine(folder, Name + ".dll")));

    /// <summary>The only implementation of an interface.</summary>
    /// <exception cref="NativeLibraryException">The assembly is not staged; the message says what to run.</exception>
    public static T Get<T>() where T : class => (T)Services.GetOrAdd(typeof(T), Create);

    /// <summary>Uses an assembly that is already loaded. A test project that references the assembly calls this first.</summary>
    internal static void Use(Assembly assembly)
    {
        lock (Gate) loaded = assembly;
    }

    private static object Create(Type service) =>
        Activator.CreateInstance(Load().GetTypes().Single(type => type.IsClass && service.IsAssignableFrom(type)), nonPublic: true)!;

    [SuppressMessage("SingleFile", "IL3000", Justification = "Never published as a single file.")]
    private static Assembly Load()
    {
        lock (Gate)
        {
            if (loaded is not null) return loaded;
            string folder = Directory ?? throw new NativeLibraryException(
                $"'{FolderName}/{Name}.dll' was not found in {string.Join(", ", NativeLibraries.Folders)}. Run 'dotnet build' in the root of the ReparamPS repository, or install the module again.");
            return loaded = new FilesLoadContext(folder).LoadFromAssemblyPath(Path.Combine(folder, Name + ".dll"));
        }
    }
}
