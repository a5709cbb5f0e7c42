using System.Runtime.InteropServices;

namespace ReparamPS.Native;

/// <summary>The names that differ between systems.</summary>
internal static class Platform
{
    /// <summary>The systems that libtorch and its binding are built for.</summary>
    public static IReadOnlyList<string> Supported { get; } = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>The runtime identifier of this process, such as linux-x64.</summary>
    public static string Rid { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>The file name of a native library.</summary>
    public static string FileName(string name) =>
        OperatingSystem.IsWindows() ? (name is "SkiaSharp" or "HarfBuzzSharp" ? "lib" + name : name) + ".dll"
        : OperatingSystem.IsMacOS() ? $"lib{name}.dylib"
        : $"lib{name}.so";

    /// <summary>The file of a native library of this module: the build stages it in a folder itself, a package in the system's subfolder. Null if it is in neither.</summary>
    public static string? Find(string folder, string name) =>
        new[] { Path.Combine(folder, FileName(name)), Path.Combine(folder, Rid, FileName(name)) }.FirstOrDefault(File.Exists);
}
