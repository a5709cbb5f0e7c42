using System.Diagnostics.CodeAnalysis;
using ReparamPS.TorchGuard;

namespace ReparamPS.Native;

/// <summary>Finds and loads libtorch, once per process, when the first tensor needs it.</summary>
public static class NativeLibraries
{
    /// <summary>The environment variable that names the folder of libtorch, such as the torch/lib of a Python environment. It overrides all other folders.</summary>
    public const string DirectoryVariable = "REPARAMPS_TORCH_HOME";

    /// <summary>The environment variable that allows another version of libtorch if it is 1.</summary>
    public const string ForceVariable = "REPARAMPS_TORCH_FORCE";

    private static readonly object Gate = new();
    private static LibTorch? loaded;

    /// <summary>True once libtorch is in this process.</summary>
    public static bool IsTorchLoaded => Volatile.Read(ref loaded) is not null;

    /// <summary>The folder of libtorch: the one that is loaded, otherwise the one that would be; null if there is none.</summary>
    public static string? Directory => loaded?.Folder.Path ?? LibTorchFolder.Choose()?.Path;

    /// <summary>The loaded libtorch; null before the first tensor.</summary>
    internal static LibTorch? Loaded => Volatile.Read(ref loaded);

    /// <summary>Makes TorchSharp load libtorch through this class, whoever touches it first. A script that uses TorchSharp's types before any cmdlet is such a case.</summary>
    public static void ServeTorchSharp() => Backend.Loader = LoadTorch;

    /// <summary>Loads libtorch.</summary>
    /// <exception cref="NativeLibraryException">It is missing or cannot be loaded; the message says what to do.</exception>
    public static void LoadTorch()
    {
        if (IsTorchLoaded) return;
        lock (Gate)
        {
            if (loaded is not null) return;
            ServeTorchSharp();
            LibTorchFolder folder = LibTorchFolder.Choose() ?? throw new NativeLibraryException("libtorch is not installed. Run Install-TorchRuntime (in a clone of ReparamPS: dotnet build).");
            Volatile.Write(ref loaded, LibTorch.Load(folder));
        }
    }

    /// <summary>Loads a native library of ReparamPS.Files by its full path. By name alone, the loader might find another copy, or none.</summary>
    /// <exception cref="NativeLibraryException">The library is missing or cannot be loaded; the message says what to do.</exception>
    internal static nint Load(string folder, string name)
    {
        string path = Platform.Find(folder, name) ?? throw new NativeLibraryException($"{Platform.FileName(name)} is not in '{folder}'. Run 'dotnet build' in the root of the ReparamPS repository, or install the module again.");
        try
        {
            return LibraryFile.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException($"{LibraryFile.Reason(error)}. Delete '{folder}' and run 'dotnet build' in the root of the ReparamPS repository, or install the module again.", error);
        }
    }

    /// <summary>The folders in which the build stages libraries: this assembly's own, and a module's in a parent folder.</summary>
    [SuppressMessage("SingleFile", "IL3000", Justification = "Never published as a single file; an empty location is handled.")]
    internal static IEnumerable<string> Folders
    {
        get
        {
            string location = Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
            yield return location;
            for (DirectoryInfo? parent = new(location); parent is not null; parent = parent.Parent)
            {
                string staged = Path.Combine(parent.FullName, "module", "ReparamPS", "bin");
                if (System.IO.Directory.Exists(staged)) yield return staged;
            }
        }
    }
}
