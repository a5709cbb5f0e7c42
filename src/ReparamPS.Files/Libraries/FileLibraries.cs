using System.Runtime.InteropServices;
using ReparamPS.Native;

namespace ReparamPS.Libraries;

/// <summary>Loads the native parts of this assembly's libraries by their full paths: found by their names alone, they may be another copy, or none.</summary>
internal static class FileLibraries
{
    private static readonly Lazy<bool> Skia = new(LoadSkiaOnce), Sqlite = new(LoadSqliteOnce);

    /// <summary>Loads Skia and HarfBuzz, once per process.</summary>
    /// <exception cref="NativeLibraryException">The staged copy is missing or can't be loaded; the message says what to run.</exception>
    public static void LoadSkia() => _ = Skia.Value;

    /// <summary>Loads SQLite, once per process.</summary>
    /// <inheritdoc cref="LoadSkia"/>
    public static void LoadSqlite() => _ = Sqlite.Value;

    private static bool LoadSkiaOnce()
    {
        nint skia = Load("SkiaSharp"), harfBuzz = Load("HarfBuzzSharp");
        NativeLibrary.SetDllImportResolver(typeof(SkiaSharp.SKObject).Assembly, (name, _, _) => name == "libSkiaSharp" ? skia : 0);
        NativeLibrary.SetDllImportResolver(typeof(HarfBuzzSharp.NativeObject).Assembly, (name, _, _) => name == "libHarfBuzzSharp" ? harfBuzz : 0);
        return true;
    }

    private static bool LoadSqliteOnce()
    {
        nint sqlite = Load("e_sqlite3");
        NativeLibrary.SetDllImportResolver(typeof(SQLitePCL.SQLite3Provider_e_sqlite3).Assembly, (name, _, _) => name == "e_sqlite3" ? sqlite : 0);
        SQLitePCL.raw.SetProvider(new SQLitePCL.SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Load(string name) => NativeLibraries.Load(
        FilesAssembly.Directory ?? throw new NativeLibraryException($"The native library {name} is missing from the module. Install the module again, or run 'dotnet build' in its source folder."), name);
}
