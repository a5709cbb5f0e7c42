using ReparamPS.Data;
using ReparamPS.Messages;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>Provides packages as files that are what they should be: by the table of the module, otherwise by the hash that their source states.</summary>
/// <param name="options">Where they come from.</param>
/// <param name="root">Where downloads go.</param>
/// <param name="progress">Reports downloads.</param>
internal sealed class PackageSupply(InstallOptions options, string root, InstallProgress progress)
{
    private readonly bool isFolder = options.Source is not null && Directory.Exists(options.Source);

    /// <summary>The packages that were downloaded.</summary>
    public List<string> Downloaded { get; } = [];

    /// <summary>The packages whose content nothing vouches for: those of a folder that the table lacks.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>Provides a package.</summary>
    /// <exception cref="DataFormatException">Its hash differs.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks it.</exception>
    /// <exception cref="IOException">No source has it, or none states its hash.</exception>
    public string Get(TorchPackage package, CancellationToken cancellation)
    {
        if (isFolder)
        {
            string path = package.FindIn(options.Source!) ?? throw new FileNotFoundException($"The folder '{ShortText.Of(options.Source!)}' does not hold {package.FileName}. Put this package there, or leave out -Source to download it.");
            if (package.Sha512 is null) UnknownCount++;
            progress("Checking", 0, package.Bytes);
            package.Check(path);
            return path;
        }
        TorchPackage stated = package.Sha512 is not null ? package : FilesAssembly.Get<IPackageFeed>().Describe(options.Source, options.WorkingFolder, package, cancellation);
        string downloaded = PackageDownload.FromSources(options.Source, options.WorkingFolder, progress).Run(stated, root, cancellation);
        Downloaded.Add(downloaded);
        return downloaded;
    }
}
