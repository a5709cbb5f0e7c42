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
    /// <exception cref="IOException">The download broke several times in a row, or no source has the package.</exception>
    /// <exception cref="DataFormatException">The hash differs; the file is deleted.</exception>
    public string Run(TorchPackage package, string folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, "." + package.FileName);
        for (int attempt = 1; ; attempt++)
        {
            long before = Length(path);
            try
            {
                Continue(package, path, cancellation);
                break;
            }
            catch (IOException) when (attempt < Attempts && Length(path) > before)
            {
                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        progress("Checking", 0, package.Bytes);
        try
        {
            package.Check(path);
        }
        catch (DataFormatException)
        {
            SharedFiles.TryDelete(path);
            throw;
        }
        return path;
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
