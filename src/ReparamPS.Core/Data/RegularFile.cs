using System.Runtime.InteropServices;
using ReparamPS.Messages;

namespace ReparamPS.Data;

/// <summary>Tells files from named pipes, sockets and devices under the name of a file: opening one waits for its other end, and nothing can stop that.</summary>
public static class RegularFile
{
    // The structures of statx on every processor, and of stat on macOS for ARM: there the type is in two bytes at the offset 4.
    private const int FromWorkingDirectory = -100, TypeOnly = 1, BufferSize = 256, ModeOffset = 28, AppleModeOffset = 4;
    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>Opens a file for reading while others may read, write or rename it.</summary>
    /// <exception cref="DataFormatException">It is a pipe, a socket or a device.</exception>
    public static FileStream OpenShared(string path, int bufferSize = 1 << 16)
    {
        Check(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize);
    }

    /// <summary>Refuses what is not a file. A path that does not exist, or is a folder, is left to the one who opens it.</summary>
    /// <exception cref="DataFormatException">It is a pipe, a socket or a device.</exception>
    public static void Check(string path)
    {
        if (IsOther(path)) throw new DataFormatException(path, "not a regular file: it is a pipe, a socket or a device.");
    }

    /// <summary>Refuses what cannot be read as a file.</summary>
    /// <exception cref="ArgumentException">It is a folder.</exception>
    /// <exception cref="FileNotFoundException">It does not exist.</exception>
    /// <exception cref="DataFormatException">It is a pipe, a socket or a device.</exception>
    public static void CheckReadable(string path)
    {
        if (Directory.Exists(path)) throw new ArgumentException($"'{ShortText.Of(path)}' is a folder; a file is required.", nameof(path));
        if (!File.Exists(path)) throw new FileNotFoundException($"The file '{ShortText.Of(path)}' does not exist.{WildcardAdvice(path)}", path);
        Check(path);
    }

    /// <summary>What follows a message about a path that does not exist: that it has wildcards, which only some parameters expand; otherwise nothing.</summary>
    /// <param name="path">The path.</param>
    public static string WildcardAdvice(string path) => path.AsSpan().IndexOfAny("*?[") >= 0 ? " Wildcards are not expanded here; Get-ChildItem expands them." : "";

    private static bool IsOther(string path) => TypeOf(path) is { } type and not (Regular or Folder);

    private static int? TypeOf(string path)
    {
        byte[] found = new byte[BufferSize];
        try
        {
            if (OperatingSystem.IsLinux()) return Status(FromWorkingDirectory, path, 0, TypeOnly, found) == 0 ? BitConverter.ToUInt16(found, ModeOffset) & TypeMask : null;
            if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64) return AppleStatus(path, found) == 0 ? BitConverter.ToUInt16(found, AppleModeOffset) & TypeMask : null;
            return null;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] found);

    [DllImport("libc", EntryPoint = "stat")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AppleStatus([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] found);
}
