using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>
/// Finds and loads the one staged copy of libtorch (and of Skia, for charts, and SQLite). Nothing is loaded until the first tensor, chart or database asks for it.
/// </summary>
public static class NativeLibraries
{
    /// <summary>Name of the environment variable that, when set, names the folder of the native libraries.</summary>
    public const string DirectoryVariable = "REPARAMPS_NATIVE";

    private static readonly object Gate = new();
    private static bool torchLoaded;
    private static bool chartsLoaded;
    private static bool sqliteLoaded;

    /// <summary>True once libtorch is in this process.</summary>
    public static bool IsTorchLoaded => Volatile.Read(ref torchLoaded);

    /// <summary>The folder that the native libraries are, or will be, loaded from; null where there is none.</summary>
    public static string? Directory => Candidates().FirstOrDefault(folder => File.Exists(Path.Combine(folder, TorchSharpLibrary)));

    private static string TorchSharpLibrary => FileName("LibTorchSharp");

    /// <summary>Loads libtorch, once a process.</summary>
    /// <exception cref="NativeLibraryException">The staged copy is missing or can't be loaded; the message says what to run.</exception>
    public static void LoadTorch()
    {
        if (IsTorchLoaded) return;
        lock (Gate)
        {
            if (torchLoaded) return;
            Load("LibTorchSharp");
            try
            {
                TorchSharp.torch.InitializeDeviceType(TorchSharp.DeviceType.CPU);
            }
            catch (Exception error) when (error is TypeInitializationException or DllNotFoundException or NotSupportedException or EntryPointNotFoundException)
            {
                throw Broken(error);
            }
            // A concurrent collection can finalize a number that is an operation's argument (TorchSharp's Scalar) while native code still reads it.
            GCSettings.LatencyMode = GCLatencyMode.Batch;
            Volatile.Write(ref torchLoaded, true);
        }
    }

    /// <summary>Loads Skia and HarfBuzz, once a process.</summary>
    /// <exception cref="NativeLibraryException">The staged copy is missing or can't be loaded; the message says what to run.</exception>
    public static void LoadCharts()
    {
        lock (Gate)
        {
            if (chartsLoaded) return;
            nint skia = Load("SkiaSharp"), harfBuzz = Load("HarfBuzzSharp");
            // Found by its name alone a library may be another copy, or none.
            NativeLibrary.SetDllImportResolver(typeof(SkiaSharp.SKObject).Assembly, (name, _, _) => name == "libSkiaSharp" ? skia : 0);
            NativeLibrary.SetDllImportResolver(typeof(HarfBuzzSharp.NativeObject).Assembly, (name, _, _) => name == "libHarfBuzzSharp" ? harfBuzz : 0);
            chartsLoaded = true;
        }
    }

    /// <summary>Loads SQLite, once a process.</summary>
    /// <exception cref="NativeLibraryException">The staged copy is missing or can't be loaded; the message says what to run.</exception>
    public static void LoadSqlite()
    {
        lock (Gate)
        {
            if (sqliteLoaded) return;
            nint sqlite = Load("e_sqlite3");
            NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? sqlite : 0);
            SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
            sqliteLoaded = true;
        }
    }

    private static nint Load(string name)
    {
        string folder = Directory ?? throw new NativeLibraryException(
            $"The native libraries are not staged: {TorchSharpLibrary} is in none of {string.Join(", ", Candidates())}. "
            + "Run 'dotnet build' in the root of ReparamPS, which stages them.");
        if (OperatingSystem.IsLinux() && System.IO.Directory.EnumerateFiles(folder, "*.so*").FirstOrDefault(file => !ElfFile.IsWhole(file)) is { } damaged)
            throw Broken(new BadImageFormatException($"{Path.GetFileName(damaged)} is truncated or no library"));
        try
        {
            return NativeLibrary.Load(Path.Combine(folder, FileName(name)));
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw Broken(error);
        }
    }

    private static NativeLibraryException Broken(Exception error) => new(
        $"The native libraries in '{Directory}' can't be loaded: {OnOneLine(error.GetBaseException().Message)}. "
        + $"Delete that folder and run 'dotnet build' in the root of ReparamPS, which stages them anew.", error);

    private static string OnOneLine(string message) =>
        string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');

    internal static string FileName(string name) =>
        OperatingSystem.IsWindows() ? (name is "SkiaSharp" or "HarfBuzzSharp" ? "lib" + name : name) + ".dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib"
        : $"lib{name}.so";

    [SuppressMessage("SingleFile", "IL3000", Justification = "Never published as a single file; an empty location is handled.")]
    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } named)
        {
            yield return named;
            yield break;
        }
        string location = Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory;
        yield return location;
        for (DirectoryInfo? parent = new(location); parent is not null; parent = parent.Parent)
        {
            string staged = Path.Combine(parent.FullName, "module", "ReparamPS", "bin");
            if (System.IO.Directory.Exists(staged)) yield return staged;
        }
    }
}
