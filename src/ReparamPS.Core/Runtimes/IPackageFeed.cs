namespace ReparamPS.Runtimes;

/// <summary>Reads packages from NuGet sources.</summary>
public interface IPackageFeed
{
    /// <summary>Refuses a source that is neither a URL nor the name of a configured source. Nothing is downloaded.</summary>
    /// <param name="source">As for <see cref="Open"/>.</param>
    /// <param name="folder">As for <see cref="Open"/>.</param>
    /// <exception cref="DirectoryNotFoundException">It is neither.</exception>
    void Check(string source, string folder);

    /// <summary>Opens a package from the first source that has it.</summary>
    /// <param name="source">The URL or name of a source; null for all enabled sources of the user's NuGet configuration.</param>
    /// <param name="folder">The folder whose NuGet configuration counts.</param>
    /// <param name="package">The package.</param>
    /// <param name="offset">The number of bytes to skip. A source that cannot skip starts at 0.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <exception cref="IOException">No source has the package, or none answers.</exception>
    PackageContent Open(string? source, string folder, TorchPackage package, long offset, CancellationToken cancellation);

    /// <summary>Finds the first source that states size and hash of a package, and returns what it states.</summary>
    /// <param name="source">As for <see cref="Open"/>.</param>
    /// <param name="folder">As for <see cref="Open"/>.</param>
    /// <param name="package">The package.</param>
    /// <param name="cancellation">Cancels the requests.</param>
    /// <returns>The package with its size and hash.</returns>
    /// <exception cref="IOException">No source has the package, none states its size and hash, or none answers.</exception>
    TorchPackage Describe(string? source, string folder, TorchPackage package, CancellationToken cancellation);
}

/// <summary>The content of a package as it arrives.</summary>
/// <param name="Stream">The bytes from the offset on.</param>
/// <param name="Offset">The position of the first byte.</param>
public sealed record PackageContent(Stream Stream, long Offset) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();
}
