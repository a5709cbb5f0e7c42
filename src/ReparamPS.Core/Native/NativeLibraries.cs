using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>
/// Finds and loads the only staged copy of libtorch, when the first tensor needs it.
/// </summary>
public static class NativeLibraries
{
    /// <summary>The name of the environment variable that overrides the folder of the native libraries.</summary>
    public const string DirectoryVariable = "REPARAMPS_NATIVE";

    private static readonly object Gate = new();
    private static bool torchLoaded;

    /// <summary>True once libtorch is in this process.</summary>
    public static bool IsTorchLoaded => Volatile.Read(ref torchLoaded);

    /// <summary>The folder of the native libraries; null if there is none.</summary>
    public static string? Directory => Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, TorchSharpLibrary)));

    private static string TorchSharpLibrary => FileName("LibTorchSharp");

    /// <summary>Loads libtorch, once per process.</summary>
    /// <exception cref="NativeLibraryException">The staged copy is missing or cannot be loaded; the message says what to run.</exception>
    public static void LoadTorch()
    {
        if (IsTorchLoaded) return;
        lock (Gate)
        {
            if (torchLoaded) return;
            nint torch = LoadTorchSharp();
            NativeLibrary.SetDllImportResolver(typeof(TorchGuard.Replacements).Assembly, (name, _, _) => name == "LibTorchSharp" ? torch : 0);
            try
            {
                TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);
            }
            catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or NotSupportedException or EntryPointNotFoundException)
            {
                throw Broken(Directory!, error);
            }
            Volatile.Write(ref torchLoaded, true);
        }
    }

    /// <summary>Loads a staged library by its full path. By name alone, the loader might find another copy, or none.</summary>
    /// <exception cref="NativeLibraryException">The library is missing or cannot be loaded; the message says what to run.</exception>
    internal static nint Load(string folder, string name)
    {
        string path = Path.Combine(folder, FileName(name));
        try
        {
            if (OperatingSystem.IsLinux() && File.Exists(path) && !ElfFile.IsWhole(path)) throw new BadImageFormatException($"{Path.GetFileName(path)} is truncated or not a library");
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw Broken(folder, error);
        }
    }

    private static nint LoadTorchSharp()
    {
        string folder = Directory ?? throw new NativeLibraryException(
            $"The native libraries are missing: {TorchSharpLibrary} is not in {string.Join(", ", Candidates())}. "
            + "Run 'dotnet build' in the root of ReparamPS, which stages them.");
        if (OperatingSystem.IsLinux() && System.IO.Directory.EnumerateFiles(folder, "*.so*").FirstOrDefault(file => !ElfFile.IsWhole(file)) is { } damaged)
            throw Broken(folder, new BadImageFormatException($"{Path.GetFileName(damaged)} is truncated or not a library"));
        return Load(folder, "LibTorchSharp");
    }

    private static NativeLibraryException Broken(string folder, Exception error) => new(
        $"The native libraries in '{folder}' cannot be loaded: {OnOneLine(error.GetBaseException().Message)}. "
        + $"Delete that folder and run 'dotnet build' in the root of ReparamPS, which stages them again.", error);

    private static string OnOneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');

    internal static string FileName(string name) =>
        OperatingSystem.IsWindows() ? (name is "SkiaSharp" or "HarfBuzzSharp" ? "lib" + name : name) + ".dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib"
        : $"lib{name}.so";

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

    private static IEnumerable<string> Candidates() =>
        Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } named ? [named] : Folders;
}
