using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>Loads one native library by its full path, and explains a failure.</summary>
internal static class LibraryFile
{
    private const int ModuleNotFound = unchecked((int)0x8007007E);

    /// <summary>Loads a library. The libraries that it needs are found beside it, or are those of the same name that are loaded already.</summary>
    /// <exception cref="DllNotFoundException">It, or a library that it needs, is missing.</exception>
    /// <exception cref="BadImageFormatException">It is truncated, or for another system.</exception>
    public static nint Load(string path)
    {
        if (OperatingSystem.IsLinux() && File.Exists(path) && !ElfFile.IsWhole(path)) throw new BadImageFormatException($"{Path.GetFileName(path)} is truncated or not a library");
        return NativeLibrary.Load(path);
    }

    /// <summary>What failed, on one line and without a full stop.</summary>
    public static string Reason(Exception error)
    {
        string text = string.Join(' ', error.GetBaseException().Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');
        return OperatingSystem.IsWindows() && error.HResult == ModuleNotFound ? $"{text}. If the folder is complete, install the Microsoft Visual C++ 2015–2022 Redistributable (x64)" : text;
    }
}
