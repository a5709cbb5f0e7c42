using ReparamPS.Data;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>Downloads a package into a folder. What has arrived stays there if the download breaks, and the next attempt continues after it.</summary>
internal sealed class PackageDownload(IPackageFeed feed, string? source, string workingFolder, InstallProgress progress)
{
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Creates the download from the user's NuGet sources.</summary>
    public static PackageDownload FromSources(string? source, string workingFolder, InstallProgress progress) => new(FilesAssembly.Get<IPackageFeed>(), source, workingFolder, progress);

    /// <summary>Downloads the package, and checks its hash.</summary>
    /// <returns>The path of the file.</returns>
    /// <exception cref="IOException">The download broke several times in a row, no source has the package, or the disk is too full.</exception>
    /// <exception cref="DataFormatException">The hash differs; the file is deleted.</exception>
    public string Run(TorchPackage package, string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, "." + package.FileName);
        for (bool isRestart = false; ; isRestart = true)
        {
            FreeSpace.Require(folder, package.Bytes - Math.Min(Length(path), package.Bytes));
            bool isJoined = Fetch(package, path, cancellation);
            progress("Checking", 0, package.Bytes);
            try
            {
                package.Check(path);
                return path;
            }
            catch (DataFormatException)
            {
                SharedFiles.TryDelete(path);
                // One part can be something else, such as the page of a proxy.
                if (isRestart || !isJoined) throw;
            }
        }
    }

    /// <summary>Downloads what is missing. Returns whether the file consists of several answers.</summary>
    private bool Fetch(TorchPackage package, string path, CancellationToken cancellation)
    {
        bool isJoined = false;
        for (int attempt = 1; ; attempt++)
        {
            long before = Length(path);
            isJoined |= before > 0;
            try
            {
                Continue(package, path, cancellation);
                return isJoined;
            }
            catch (IOException) when (attempt < Attempts && Length(path) > before)
            {
                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    private void Continue(TorchPackage package, string path, CancellationToken cancellation)
    {
        long arrived = Length(path);
        if (arrived == package.Bytes) return;
        using PackageContent content = feed.Open(source, workingFolder, package, arrived < package.Bytes ? arrived : 0, cancellation);
        // Only now, so that a source that is refused leaves no empty file.
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
        file.SetLength(content.Offset);
        file.Position = content.Offset;
        InstallSteps.Copy(content.Stream, file, copied => progress("Downloading", content.Offset + copied, package.Bytes), cancellation);
        if (file.Position < package.Bytes) throw new IOException($"The download of {package.Id} ended after {file.Position} of {package.Bytes} bytes. Repeat the command to resume it.");
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
