using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ReparamPS.Data;
using ReparamPS.Native;

namespace ReparamPS.Runtimes;

/// <summary>The packages of libtorch for CUDA: one that names the others, which hold the libraries.</summary>
internal static partial class CudaPackages
{
    private const string Prefix = "libtorch-cuda-12.8-";

    /// <summary>The package that names the others.</summary>
    /// <exception cref="PlatformNotSupportedException">There is none for this system.</exception>
    public static TorchPackage First => Platform.Rid is "linux-x64" or "win-x64"
        ? TorchPackage.Known(Prefix + Platform.Rid, LibTorch.RequiredVersion)
        : throw new PlatformNotSupportedException($"libtorch for CUDA is available for linux-x64 and win-x64; this process runs on {Platform.Rid}. Use -Device Cpu.");

    /// <summary>The packages that a package depends on.</summary>
    /// <exception cref="DataFormatException">It does not name any.</exception>
    public static IReadOnlyList<TorchPackage> DependenciesOf(TorchPackage package, string path)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(path);
            ZipArchiveEntry specification = archive.Entries.FirstOrDefault(entry => entry.FullName == entry.Name && entry.Name.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase))
                ?? throw new DataFormatException(path, "this is not a NuGet package: it has no .nuspec file. Download it again.");
            using Stream stream = specification.Open();
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            TorchPackage[] parts = [.. XDocument.Load(reader).Descendants().Where(element => element.Name.LocalName == "dependency")
                .Select(element => (Id: (string?)element.Attribute("id") ?? "", Version: Version().Match((string?)element.Attribute("version") ?? "").Value))
                .Where(part => part.Id.StartsWith(package.Id + "-", StringComparison.OrdinalIgnoreCase) && Id().IsMatch(part.Id) && part.Version.Length > 0)
                .Distinct().Select(part => TorchPackage.Known(part.Id, part.Version))];
            return parts.Length > 0 ? parts : throw new DataFormatException(path, $"the package must depend on library packages, such as {package.Id}-part1, but names none. Download it again.");
        }
        catch (Exception error) when (error is InvalidDataException or XmlException)
        {
            throw new DataFormatException(path, $"the NuGet package cannot be read: {error.Message} Download it again.");
        }
    }

    // The lowest version of a range such as [2.10.0, ).
    [GeneratedRegex(@"(?<=^\s*[\[\(]?\s*)[0-9]+(\.[0-9]+)+(-[0-9A-Za-z.-]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"^[0-9A-Za-z._-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Id();
}
