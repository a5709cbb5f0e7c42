using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Newtonsoft.Json.Linq;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;
using ReparamPS.Runtimes;

namespace ReparamPS.Packages;

/// <summary>Packages from NuGet sources: the user's configuration, with its credentials and proxies, as the NuGet client reads it.</summary>
public sealed class NuGetFeed : IPackageFeed
{
    /// <inheritdoc/>
    public PackageContent Open(string? source, string folder, TorchPackage package, long offset, CancellationToken cancellation) => FromFirst(source, folder, package,
        each => each.IsLocal ? new PackageContent(File.OpenRead(LocalPath(each.SourceUri.LocalPath, package)), 0) : OpenRemote(each, package, offset, cancellation));

    /// <inheritdoc/>
    public TorchPackage Describe(string? source, string folder, TorchPackage package, CancellationToken cancellation) => FromFirst(source, folder, package,
        each => each.IsLocal ? package with { Bytes = new FileInfo(LocalPath(each.SourceUri.LocalPath, package)).Length } : DescribeRemote(each, package, cancellation));

    private static T FromFirst<T>(string? source, string folder, TorchPackage package, Func<PackageSource, T> read)
    {
        List<string> problems = [];
        foreach (PackageSource each in Sources(source, folder))
        {
            try
            {
                return read(each);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or FatalProtocolException or NotSupportedException or JsonException)
            {
                problems.Add($"{each.Name}: {error.GetBaseException().Message.TrimEnd('.')}");
            }
        }
        throw new IOException($"No NuGet source has {package.Id} {package.Version}. {(problems.Count > 0 ? string.Join(". ", problems) + "." : "No source is enabled; use -Source.")}");
    }

    private static PackageSource[] Sources(string? source, string folder)
    {
        PackageSource[] known = [.. new PackageSourceProvider(NuGet.Configuration.Settings.LoadDefaultSettings(folder)).LoadPackageSources()];
        if (source is null) return [.. known.Where(each => each.IsEnabled)];
        return [known.FirstOrDefault(each => string.Equals(each.Name, source, StringComparison.OrdinalIgnoreCase) || string.Equals(each.Source.TrimEnd('/'), source.TrimEnd('/'), each.IsLocal && !OperatingSystem.IsWindows() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)) ?? new PackageSource(source)];
    }

    private static string LocalPath(string folder, TorchPackage package) => package.FindIn(folder) ?? throw new FileNotFoundException($"the folder has no {package.FileName}");

    // Registrations name the entry of the catalog, and that states size and hash of the package. Both are optional parts of the protocol.
    private static TorchPackage DescribeRemote(PackageSource source, TorchPackage package, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        RegistrationResourceV3? registrations = Wait(repository.GetResourceAsync<RegistrationResourceV3>(cancellation));
        using var cache = new SourceCacheContext { DirectDownload = true, NoCache = true };
        var identity = new PackageIdentity(package.Id, NuGetVersion.Parse(package.Version));
        JObject? registration = registrations is null ? null : Wait(registrations.GetPackageMetadata(identity, cache, NullLogger.Instance, cancellation));
        if (registrations is not null && registration is null) throw new FileNotFoundException("the source does not have the package");
        if (!Uri.TryCreate((string?)registration?["@id"], UriKind.Absolute, out Uri? entry)) return package;
        using JsonDocument catalog = JsonDocument.Parse(Wait(Client(repository, cancellation).GetStringAsync(entry, cancellation)));
        bool isSha512 = catalog.RootElement.TryGetProperty("packageHashAlgorithm", out JsonElement algorithm) && algorithm.GetString() == "SHA512";
        string? hash = isSha512 && catalog.RootElement.TryGetProperty("packageHash", out JsonElement stated) ? stated.GetString() : null;
        return package with { Bytes = catalog.RootElement.TryGetProperty("packageSize", out JsonElement size) ? size.GetInt64() : 0, Sha512 = hash };
    }

    private static PackageContent OpenRemote(PackageSource source, TorchPackage package, long offset, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        Uri root = Wait(repository.GetResourceAsync<ServiceIndexResourceV3>(cancellation))?.GetServiceEntryUri(ServiceTypes.PackageBaseAddress)
            ?? throw new NotSupportedException("the source does not offer package content by version 3 of the protocol");
        string id = package.Id.ToLowerInvariant(), version = package.Version.ToLowerInvariant();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{root.AbsoluteUri.TrimEnd('/')}/{id}/{version}/{id}.{version}.nupkg");
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        HttpResponseMessage response = Wait(Client(repository, cancellation).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation));
        try
        {
            response.EnsureSuccessStatusCode();
            return new PackageContent(new ResponseStream(response, Wait(response.Content.ReadAsStreamAsync(cancellation)), cancellation), response.StatusCode == HttpStatusCode.PartialContent ? offset : 0);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // The handler belongs to the NuGet client, and a client without it holds nothing.
    private static HttpClient Client(SourceRepository repository, CancellationToken cancellation) =>
        new(Wait(repository.GetResourceAsync<HttpHandlerResource>(cancellation)).MessageHandler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
