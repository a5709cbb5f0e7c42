using System.Security.Cryptography;
using ReparamPS.Data;
using ReparamPS.Packages;
using ReparamPS.Runtimes;

namespace ReparamPS.Core.Tests.Runtimes;

public sealed class PackageDownloadTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps download ü ");
    private readonly byte[] content = new byte[3_000_000];
    private readonly TorchPackage package;

    public PackageDownloadTests()
    {
        new Random(1).NextBytes(content);
        package = new TorchPackage("demo", "1.0.0", content.Length, Convert.ToBase64String(SHA512.HashData(content)));
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_package_comes_from_a_source()
    {
        using var server = new FeedServer(content);
        Assert.Equal(content, File.ReadAllBytes(Download(server.Url)));
    }

    [Fact]
    public void A_broken_download_continues_where_it_ended()
    {
        using var server = new FeedServer(content, breakAfter: 1_000_000);
        Assert.Equal(content, File.ReadAllBytes(Download(server.Url)));
        Assert.Equal([0, 1_000_000, 2_000_000], server.Offsets);
    }

    [Fact]
    public void A_later_download_continues_after_what_an_earlier_one_left()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, ".demo.1.0.0.nupkg"), content[..500_000]);
        using var server = new FeedServer(content);
        Assert.Equal(content, File.ReadAllBytes(Download(server.Url)));
        Assert.Equal([500_000], server.Offsets);
    }

    [Fact]
    public void A_source_without_ranges_starts_anew()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, ".demo.1.0.0.nupkg"), content[..500_000]);
        using var server = new FeedServer(content, hasRanges: false);
        Assert.Equal(content, File.ReadAllBytes(Download(server.Url)));
        Assert.Equal([0], server.Offsets);
    }

    [Fact]
    public void A_package_of_other_content_is_refused_and_deleted()
    {
        byte[] other = [.. content];
        other[1_234_567] ^= 1;
        using var server = new FeedServer(other);
        DataFormatException error = Assert.Throws<DataFormatException>(() => Download(server.Url));
        Assert.Contains("SHA-512", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.GetFiles());
    }

    [Fact]
    public void A_source_without_the_package_is_named()
    {
        using var server = new FeedServer(content);
        TorchPackage missing = package with { Version = "2.0.0" };
        IOException error = Assert.Throws<IOException>(() => Download(server.Url, missing));
        Assert.Contains("No NuGet source has demo 2.0.0", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
        Assert.Contains("404", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sources_of_the_configuration_are_used_and_may_be_folders()
    {
        string packages = Path.Combine(folder.FullName, "packages");
        Directory.CreateDirectory(packages);
        File.WriteAllBytes(Path.Combine(packages, package.FileName), content);
        using var server = new FeedServer([]);
        File.WriteAllText(Path.Combine(folder.FullName, "nuget.config"), $"""
            <configuration><packageSources><clear/><add key="off" value="{server.Url}" /><add key="mine" value="packages" /></packageSources>
            <disabledPackageSources><clear/><add key="off" value="true" /></disabledPackageSources></configuration>
            """);
        Assert.Equal(content, File.ReadAllBytes(Download(null)));
        Assert.Empty(server.Offsets);
    }

    [Fact]
    public void The_table_has_the_package_of_each_system() =>
        Assert.All(["linux-x64", "win-x64", "osx-arm64"], rid => Assert.Equal(64, Convert.FromBase64String(TorchPackage.ForCpu(rid)!.Sha512!).Length));

    private string Download(string? source, TorchPackage? other = null) =>
        new PackageDownload(new NuGetFeed(), source, folder.FullName, (_, _, _) => { }).Run(other ?? package, folder.FullName, TestContext.Current.CancellationToken);
}
