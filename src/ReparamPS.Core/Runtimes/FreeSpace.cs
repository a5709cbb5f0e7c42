using System.Globalization;
using ReparamPS.Messages;

namespace ReparamPS.Runtimes;

/// <summary>The space that is left on a disk.</summary>
internal static class FreeSpace
{
    /// <summary>Refuses to begin what the disk cannot hold. The space on a network share of Windows is not known.</summary>
    /// <exception cref="IOException">The disk has less space.</exception>
    public static void Require(string folder, long bytes)
    {
        string path = Path.GetFullPath(folder);
        // Shares of a network have no drive on Windows.
        if (Path.GetPathRoot(path)!.StartsWith(@"\\", StringComparison.Ordinal)) return;
        long free = new DriveInfo(path).AvailableFreeSpace;
        if (free < bytes) throw new IOException($"The disk of '{ShortText.Of(folder)}' is too full: {Megabytes(bytes)} MB are needed; {Megabytes(free)} MB are free. Free some space, or choose a folder on another disk with -Path.");
    }

    private static string Megabytes(long bytes) => Math.Ceiling(bytes / 1e6).ToString(CultureInfo.InvariantCulture);
}
