using System.Net;
using System.Net.Http.Headers;
using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using ReparamPS.Runtimes;

namespace ReparamPS.Packages;

/// <summary>Packages from NuGet sources: the user's configuration, with its credentials and proxies, as the NuGet client reads it.</summary>
public sealed class NuGetFeed : IPackageFeed
{
    /// <inheritdoc/>
    public PackageContent Open(string? source, string folder, TorchPackage package, long offset, CancellationToken cancellation)
    {
        List<string> problems = [];
        foreach (PackageSource each in Sources(source, folder))
        {
            try
            {
                return each.IsLocal ? OpenLocal(each.SourceUri.LocalPath, package) : OpenRemote(each, package, offset, cancellation);
            }
            catch (Exception error) when (error is IOException or HttpRequestException or FatalProtocolException or NotSupportedException)
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

    private static PackageContent OpenLocal(string folder, TorchPackage package)
    {
        string path = package.FindIn(folder) ?? throw new FileNotFoundException($"the folder has no {package.FileName}");
        return new PackageContent(File.OpenRead(path), 0);
    }

    private static PackageContent OpenRemote(PackageSource source, TorchPackage package, long offset, CancellationToken cancellation)
    {
        SourceRepository repository = Repository.Factory.GetCoreV3(source);
        Uri root = Wait(repository.GetResourceAsync<ServiceIndexResourceV3>(cancellation))?.GetServiceEntryUri(ServiceTypes.PackageBaseAddress)
            ?? throw new NotSupportedException("the source does not offer package content by version 3 of the protocol");
        HttpHandlerResource handlers = Wait(repository.GetResourceAsync<HttpHandlerResource>(cancellation));
        // The handler belongs to the NuGet client, and a client without it holds nothing.
        var client = new HttpClient(handlers.MessageHandler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        string id = package.Id.ToLowerInvariant(), version = package.Version.ToLowerInvariant();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{root.AbsoluteUri.TrimEnd('/')}/{id}/{version}/{id}.{version}.nupkg");
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        HttpResponseMessage response = Wait(client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation));
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

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
