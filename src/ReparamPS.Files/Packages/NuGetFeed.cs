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
using ReparamPS.Messages;
using ReparamPS.Runtimes;

namespace ReparamPS.Packages;

/// <summary>Packages from NuGet sources: the user's configuration, with its credentials and proxies, as the NuGet client reads it.</summary>
public sealed class NuGetFeed : IPackageFeed
{
    /// <summary>How long a source may take to answer a question.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public void Check(string source, string folder) => _ = Sources(source, folder);

    /// <inheritdoc/>
    public PackageContent Open(string? source, string folder, TorchPackage package, long offset, CancellationToken cancellation) => FromFirst(source, folder, package,
        each => each.IsLocal ? OpenLocal(LocalPath(each.SourceUri.LocalPath, package), package) : OpenRemote(each, package, offset, cancellation));

    /// <inheritdoc/>
    public TorchPackage Describe(string? source, string folder, TorchPackage package, CancellationToken cancellation) => FromFirst(source, folder, package,
        each => Stated(each, package, cancellation) is { Sha512: not null, Bytes: > 0 } stated ? stated
            : throw new IOException($"the source does not state the size and the SHA-512 hash of {package.Id} {package.Version}; download the packages to a folder, and use -Source with that folder"));

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
        throw new IOException($"{package.Id} {package.Version} could not be read from a NuGet source. {(problems.Count > 0 ? string.Join(". ", problems) + "." : "No source is enabled; use -Source.")}");
    }

    private static PackageSource[] Sources(string? source, string folder)
    {
        PackageSource[] known = [.. new PackageSourceProvider(NuGet.Configuration.Settings.LoadDefaultSettings(folder)).LoadPackageSources()];
        if (source is null) return [.. known.Where(each => each.IsEnabled)];
        if (known.FirstOrDefault(each => string.Equals(each.Name, source, StringComparison.OrdinalIgnoreCase) || string.Equals(each.Source.TrimEnd('/'), source.TrimEnd('/'), each.IsLocal && !OperatingSystem.IsWindows() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase)) is { } named) return [named];
        return Uri.TryCreate(source, UriKind.Absolute, out _) ? [new PackageSource(source)]
            : throw new DirectoryNotFoundException($"Source must be an existing folder, or the URL or the name of a NuGet source; got '{ShortText.Of(source)}'. {(known.Length > 0 ? $"The configured sources are {ShortText.List(known.Select(each => each.Name))}." : "No source is configured.")}");
    }

    private static string LocalPath(string folder, TorchPackage package) => package.FindIn(folder) ?? throw new FileNotFoundException($"the folder has no {package.FileName}");

    private static PackageContent OpenLocal(string path, TorchPackage package)
    {
        CheckSize(new FileInfo(path).Length, package);
        return new PackageContent(File.OpenRead(path), 0);
    }

    // A proxy or the page of a login answers with something else, which must not become the start of the package.
    private static void CheckSize(long? bytes, TorchPackage package)
    {
        if (package.Bytes > 0 && bytes is { } got && got != package.Bytes) throw new IOException($"the source returned {got} bytes instead of {package.Bytes}");
    }

    private TorchPackage Stated(PackageSource source, TorchPackage package, CancellationToken cancellation) =>
        source.IsLocal ? package with { Bytes = new FileInfo(LocalPath(source.SourceUri.LocalPath, package)).Length } : DescribeRemote(source, package, cancellation);

    // Registrations name the entry of the catalog, and that states size and hash of the package. Both are optional parts of the protocol.
    private TorchPackage DescribeRemote(PackageSource source, TorchPackage package, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        RegistrationResourceV3? registrations = Wait(repository.GetResourceAsync<RegistrationResourceV3>, cancellation);
        using var cache = new SourceCacheContext { DirectDownload = true, NoCache = true };
        var identity = new PackageIdentity(package.Id, NuGetVersion.Parse(package.Version));
        JObject? registration = registrations is null ? null : Wait(token => registrations.GetPackageMetadata(identity, cache, NullLogger.Instance, token), cancellation);
        if (registrations is not null && registration is null) throw new FileNotFoundException("the source does not have the package");
        if (!Uri.TryCreate(registration?["@id"]?.ToString(), UriKind.Absolute, out Uri? entry)) return package;
        HttpClient client = Client(repository, cancellation);
        using JsonDocument catalog = JsonDocument.Parse(Wait(token => client.GetStringAsync(entry, token), cancellation));
        string? hash = Member(catalog, "packageHashAlgorithm", JsonValueKind.String)?.GetString() == "SHA512" ? Member(catalog, "packageHash", JsonValueKind.String)?.GetString() : null;
        long bytes = Member(catalog, "packageSize", JsonValueKind.Number) is { } size && size.TryGetInt64(out long whole) ? whole : 0;
        return package with { Bytes = bytes, Sha512 = TorchPackage.ReadSha512(hash) };
    }

    private static JsonElement? Member(JsonDocument document, string name, JsonValueKind kind) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind ? member : null;

    private PackageContent OpenRemote(PackageSource source, TorchPackage package, long offset, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        Uri root = Wait(repository.GetResourceAsync<ServiceIndexResourceV3>, cancellation)?.GetServiceEntryUri(ServiceTypes.PackageBaseAddress)
            ?? throw new NotSupportedException("it is not a source of version 3 of the NuGet protocol");
        string id = package.Id.ToLowerInvariant(), version = package.Version.ToLowerInvariant();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{root.AbsoluteUri.TrimEnd('/')}/{id}/{version}/{id}.{version}.nupkg");
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        HttpClient client = Client(repository, cancellation);
        HttpResponseMessage response = Wait(token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation);
        try
        {
            response.EnsureSuccessStatusCode();
            long start = response.StatusCode == HttpStatusCode.PartialContent ? offset : 0;
            CheckSize(start + response.Content.Headers.ContentLength, package);
            return new PackageContent(new ResponseStream(response, Wait(response.Content.ReadAsStreamAsync, cancellation), read => Wait(read, cancellation)), start);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // The handler belongs to the NuGet client, and a client without it holds nothing.
    private HttpClient Client(SourceRepository repository, CancellationToken cancellation) =>
        new(Wait(repository.GetResourceAsync<HttpHandlerResource>, cancellation).MessageHandler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private T Wait<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        waiting.CancelAfter(Patience);
        try
        {
            return ask(waiting.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the source did not answer for {Patience.TotalSeconds} seconds");
        }
    }
}
