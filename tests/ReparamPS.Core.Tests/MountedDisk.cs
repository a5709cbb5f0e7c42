using System.Diagnostics;

namespace ReparamPS.Tests;

/// <summary>A small disk of its own; the test is skipped where none can be mounted.</summary>
internal sealed class MountedDisk : IDisposable
{
    private MountedDisk(string path) => Path = path;

    public string Path { get; }

    public static MountedDisk Create(string folder, string options)
    {
        string path = System.IO.Path.Combine(folder, "disk");
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsLinux() || Mount("-t", "tmpfs", "-o", options, "tmpfs", path) != 0) Assert.Skip("No tmpfs can be mounted here.");
        return new MountedDisk(path);
    }

    public void Remount(string options) => Assert.Equal(0, Mount("-o", "remount," + options, Path));

    public void Dispose()
    {
        using Process process = Process.Start("umount", ["-l", Path]);
        process.WaitForExit();
    }

    private static int Mount(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
