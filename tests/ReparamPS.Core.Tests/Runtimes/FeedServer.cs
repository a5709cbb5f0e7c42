using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ReparamPS.Core.Tests.Runtimes;

/// <summary>A NuGet source on this machine. It breaks each connection after some bytes.</summary>
internal sealed class FeedServer : IDisposable
{
    // NuGet keeps a source's index on disk for a while, by its address, and ports are used again.
    private readonly string prefix = $"/{Guid.NewGuid():N}";
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IReadOnlyDictionary<string, byte[]> packages;
    private readonly int breakAfter;
    private readonly bool hasRanges;

    public FeedServer(byte[] package, int breakAfter = int.MaxValue, bool hasRanges = true) : this(new Dictionary<string, byte[]> { ["demo.1.0.0"] = package }, breakAfter, hasRanges)
    {
    }

    /// <summary>A source of several packages by id and version, in lower case.</summary>
    public FeedServer(IReadOnlyDictionary<string, byte[]> packages, int breakAfter = int.MaxValue, bool hasRanges = true)
    {
        (this.packages, this.breakAfter, this.hasRanges) = (packages, breakAfter, hasRanges);
        listener.Start();
        _ = Task.Run(Serve);
    }

    public string Url => $"{Root}/index.json";

    /// <summary>The first byte of each answer with a package.</summary>
    public List<int> Offsets { get; } = [];

    /// <summary>Whether the source states the hashes of its packages.</summary>
    public bool StatesHashes { get; init; }

    /// <summary>The package of which it states a wrong hash.</summary>
    public string? Misstated { get; init; }

    /// <summary>What the catalog states of every package; null for the truth.</summary>
    public string? Catalog { get; init; }

    /// <summary>The start of the paths that it never answers.</summary>
    public string? Silent { get; init; }

    private string Root => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}{prefix}";

    public void Dispose() => listener.Stop();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                try
                {
                    await Answer(client.GetStream());
                }
                catch (IOException)
                {
                    // The client closed this connection; it may open others.
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        var reader = new StreamReader(stream, Encoding.ASCII);
        if (await reader.ReadLineAsync() is not { } request) return;
        string path = request.Split(' ')[1][prefix.Length..];
        int offset = 0;
        for (string? line; (line = await reader.ReadLineAsync()) is { Length: > 0 };)
        {
            if (hasRanges && line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) offset = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
        }
        if (Silent is not null && path.StartsWith(Silent, StringComparison.Ordinal))
        {
            // Until the other side gives up.
            await reader.ReadLineAsync();
        }
        else if (path == "/index.json")
        {
            byte[] index = Encoding.UTF8.GetBytes($$"""{"version":"3.0.0","resources":[{"@id":"{{Root}}/flat/","@type":"PackageBaseAddress/3.0.0"}{{(StatesHashes ? $$""",{"@id":"{{Root}}/registration/","@type":"RegistrationsBaseUrl/3.6.0"}""" : "")}}]}""");
            await Write(stream, "200 OK", index, index.Length);
        }
        else if (Registered(path) is { } json)
        {
            byte[] content = Encoding.UTF8.GetBytes(json);
            await Write(stream, "200 OK", content, content.Length);
        }
        else if (path.StartsWith("/flat/", StringComparison.Ordinal) && packages.TryGetValue(Path.GetFileNameWithoutExtension(path), out byte[]? package))
        {
            Offsets.Add(offset);
            byte[] rest = package[offset..];
            await Write(stream, offset > 0 ? $"206 Partial Content\r\nContent-Range: bytes {offset}-{package.Length - 1}/{package.Length}" : "200 OK", rest[..Math.Min(rest.Length, breakAfter)], rest.Length);
        }
        else
        {
            await Write(stream, "404 Not Found", [], 0);
        }
    }

    // The registration of a package, and its entry in the catalog.
    private string? Registered(string path)
    {
        if (path.StartsWith("/registration/", StringComparison.Ordinal))
        {
            string id = path.Split('/')[2];
            if (packages.Keys.FirstOrDefault(each => each.StartsWith(id + ".2.10.0", StringComparison.Ordinal)) is not { } name) return null;
            string leaf = $$$"""{"@id":"{{{Root}}}/registration/{{{id}}}/2.10.0.json","packageContent":"{{{Root}}}/flat/{{{id}}}/2.10.0/{{{name}}}.nupkg","catalogEntry":{"@id":"{{{Root}}}/catalog/{{{name}}}.json","id":"{{{id}}}","version":"2.10.0","listed":true}}""";
            return $$"""{"@id":"{{Root}}{{path}}","count":1,"items":[{"@id":"{{Root}}{{path}}#page","count":1,"lower":"2.10.0","upper":"2.10.0","items":[{{leaf}}]}]}""";
        }
        if (!path.StartsWith("/catalog/", StringComparison.Ordinal) || !packages.TryGetValue(Path.GetFileNameWithoutExtension(path), out byte[]? content)) return null;
        if (Catalog is not null) return Catalog;
        byte[] hashed = Path.GetFileNameWithoutExtension(path) == Misstated ? [.. content, 0] : content;
        return $$"""{"packageHash":"{{Convert.ToBase64String(SHA512.HashData(hashed))}}","packageHashAlgorithm":"SHA512","packageSize":{{content.Length}}}""";
    }

    private static async Task Write(NetworkStream stream, string status, byte[] content, int length)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(content);
    }
}
