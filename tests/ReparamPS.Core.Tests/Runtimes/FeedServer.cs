using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReparamPS.Core.Tests.Runtimes;

/// <summary>A NuGet source on this machine with one package. It breaks each connection after some bytes.</summary>
internal sealed class FeedServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly byte[] package;
    private readonly int breakAfter;
    private readonly bool hasRanges;

    public FeedServer(byte[] package, int breakAfter = int.MaxValue, bool hasRanges = true)
    {
        (this.package, this.breakAfter, this.hasRanges) = (package, breakAfter, hasRanges);
        listener.Start();
        _ = Task.Run(Serve);
    }

    public string Url => $"{Root}/index.json";

    /// <summary>The first byte of each answer with a package.</summary>
    public List<int> Offsets { get; } = [];

    private string Root => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public void Dispose() => listener.Stop();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                await Answer(client.GetStream());
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
        string path = (await reader.ReadLineAsync())!.Split(' ')[1];
        int offset = 0;
        for (string? line; (line = await reader.ReadLineAsync()) is { Length: > 0 };)
        {
            if (hasRanges && line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) offset = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
        }
        if (path == "/index.json")
        {
            byte[] index = Encoding.UTF8.GetBytes($$"""{"version":"3.0.0","resources":[{"@id":"{{Root}}/flat/","@type":"PackageBaseAddress/3.0.0"}]}""");
            await Write(stream, "200 OK", index, index.Length);
        }
        else if (path == "/flat/demo/1.0.0/demo.1.0.0.nupkg")
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

    private static async Task Write(NetworkStream stream, string status, byte[] content, int length)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(content);
    }
}
