using System.Security.Cryptography;
using ReparamPS.Data;
using ReparamPS.Packages;
using ReparamPS.Runtimes;
using ReparamPS.Tests;

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
    public void An_answer_of_another_size_is_refused_before_a_byte_is_kept()
    {
        using var server = new FeedServer(new byte[5006]);
        Assert.Contains("the source returned 5006 bytes instead of 3000000", Assert.Throws<IOException>(() => Download(server.Url)).Message, StringComparison.Ordinal);
        Assert.Empty(folder.GetFiles());
    }

    [Fact]
    public void A_download_that_resumed_after_other_bytes_starts_once_more()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, ".demo.1.0.0.nupkg"), new byte[5006]);
        using var server = new FeedServer(content);
        Assert.Equal(content, File.ReadAllBytes(Download(server.Url)));
        Assert.Equal([5006, 0], server.Offsets);
    }

    [Fact]
    public void What_has_arrived_needs_no_more_space()
    {
        using MountedDisk disk = MountedDisk.Create(folder.FullName, "size=4m");
        File.WriteAllBytes(Path.Combine(disk.Path, ".demo.1.0.0.nupkg"), content[..2_500_000]);
        using var server = new FeedServer(content);
        Assert.Equal(content, File.ReadAllBytes(new PackageDownload(new NuGetFeed(), server.Url, folder.FullName, (_, _, _) => { }).Run(package, disk.Path, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_source_without_the_package_is_named()
    {
        using var server = new FeedServer(content);
        TorchPackage missing = package with { Version = "2.0.0" };
        IOException error = Assert.Throws<IOException>(() => Download(server.Url, missing));
        Assert.Contains("demo 2.0.0 could not be read from a NuGet source.", error.Message, StringComparison.Ordinal);
        Assert.Contains(server.Url, error.Message, StringComparison.Ordinal);
        Assert.Contains("404", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_does_not_answer_or_does_not_exist_leaves_no_file()
    {
        using var server = new FeedServer(content);
        Assert.Throws<IOException>(() => Download(server.Url, package with { Version = "2.0.0" }));
        Configure(("mine", server.Url));
        string message = Assert.Throws<DirectoryNotFoundException>(() => Download("nosuchfolder")).Message;
        Assert.Contains("got 'nosuchfolder'", message, StringComparison.Ordinal);
        Assert.Contains("mine", message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder.FullName, "nuget.config"));
        Assert.Empty(folder.GetFiles());
    }

    [Fact]
    public void The_sources_of_the_configuration_are_used_and_may_be_folders()
    {
        string packages = Path.Combine(folder.FullName, "packages");
        Directory.CreateDirectory(packages);
        File.WriteAllBytes(Path.Combine(packages, package.FileName), content);
        using var server = new FeedServer([]);
        Configure(("off", server.Url), ("mine", "packages"));
        Assert.Equal(content, File.ReadAllBytes(Download(null)));
        Assert.Empty(server.Offsets);
    }

    [Theory]
    [InlineData("/index.json")]
    [InlineData("/flat/")]
    public void A_source_that_never_answers_is_given_up(string silent)
    {
        using var server = new FeedServer(content) { Silent = silent };
        IOException error = Assert.Throws<IOException>(() => new NuGetFeed { Patience = TimeSpan.FromSeconds(1) }.Open(server.Url, folder.FullName, package, 0, TestContext.Current.CancellationToken));
        Assert.Contains("the source did not answer for 1 seconds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/registration/")]
    [InlineData("/catalog/")]
    public void A_source_that_never_states_a_hash_is_given_up(string silent)
    {
        using var server = new FeedServer(Stated()) { StatesHashes = true, Silent = silent };
        IOException error = Assert.Throws<IOException>(() => Describe(server.Url, new NuGetFeed { Patience = TimeSpan.FromSeconds(1) }));
        Assert.Contains("the source did not answer for 1 seconds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"SHA512\"", "\"{hash}\"", "\"3000000\"")]
    [InlineData("\"SHA512\"", "\"{hash}\"", "1.5")]
    [InlineData("\"SHA512\"", "\"{hash}\"", "1e30")]
    [InlineData("\"SHA512\"", "\"{hash}\"", "-1")]
    [InlineData("\"SHA512\"", "\"{hash}\"", "null")]
    [InlineData("\"SHA512\"", "\"abc\"", "3000000")]
    [InlineData("\"SHA512\"", "\"{hash}AAAA\"", "3000000")]
    [InlineData("\"SHA512\"", "512", "3000000")]
    [InlineData("512", "\"{hash}\"", "3000000")]
    [InlineData("\"SHA256\"", "\"{hash}\"", "3000000")]
    public void A_size_or_hash_that_is_none_is_not_stated(string algorithm, string hash, string size)
    {
        string catalog = $$"""{"packageHashAlgorithm":{{algorithm}},"packageHash":{{hash.Replace("{hash}", package.Sha512, StringComparison.Ordinal)}},"packageSize":{{size}}}""";
        using var server = new FeedServer(Stated()) { StatesHashes = true, Catalog = catalog };
        Assert.Contains("does not state the size and the SHA-512 hash of demo 2.10.0", Assert.Throws<IOException>(() => Describe(server.Url)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalog_that_is_not_an_object_states_nothing()
    {
        using var server = new FeedServer(Stated()) { StatesHashes = true, Catalog = "[1]" };
        Assert.Contains("does not state", Assert.Throws<IOException>(() => Describe(server.Url)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_without_hashes_leaves_the_answer_to_the_next_one()
    {
        string packages = Directory.CreateDirectory(Path.Combine(folder.FullName, "packages")).FullName;
        File.WriteAllBytes(Path.Combine(packages, "demo.2.10.0.nupkg"), content);
        using FeedServer silent = new(Stated()), stating = new(Stated()) { StatesHashes = true };
        Configure(("local", "packages"), ("silent", silent.Url), ("stating", stating.Url));
        TorchPackage described = Describe(null);
        Assert.Equal((content.LongLength, package.Sha512), (described.Bytes, described.Sha512));

        Configure(("local", "packages"), ("silent", silent.Url));
        string message = Assert.Throws<IOException>(() => Describe(null)).Message;
        Assert.Contains("local: the source does not state the size and the SHA-512 hash of demo 2.10.0", message, StringComparison.Ordinal);
        Assert.Contains("silent: the source does not state the size and the SHA-512 hash of demo 2.10.0", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_is_deleted_even_if_its_expected_hash_is_too_short()
    {
        using var server = new FeedServer(content);
        Assert.Contains("1.0.0: its SHA-512 hash must begin with 'abc'; got '", Assert.Throws<DataFormatException>(() => Download(server.Url, package with { Sha512 = "abc" })).Message, StringComparison.Ordinal);
        Assert.Empty(folder.GetFiles());
    }

    [Fact]
    public void The_table_has_the_package_of_each_system() =>
        Assert.All(["linux-x64", "win-x64", "osx-arm64"], rid => Assert.Equal(64, Convert.FromBase64String(TorchPackage.ForCpu(rid)!.Sha512!).Length));

    // A source named "off" is disabled.
    private void Configure(params (string Name, string Source)[] sources) => File.WriteAllText(Path.Combine(folder.FullName, "nuget.config"), $"""
        <configuration><packageSources><clear/>{string.Concat(sources.Select(each => $"<add key=\"{each.Name}\" value=\"{each.Source}\" />"))}</packageSources>
        <disabledPackageSources><clear/><add key="off" value="true" /></disabledPackageSources></configuration>
        """);

    private Dictionary<string, byte[]> Stated() => new() { ["demo.2.10.0"] = content };

    private TorchPackage Describe(string? source, NuGetFeed? feed = null) =>
        (feed ?? new NuGetFeed()).Describe(source, folder.FullName, new TorchPackage("demo", "2.10.0", 0, null), TestContext.Current.CancellationToken);

    private string Download(string? source, TorchPackage? other = null) =>
        new PackageDownload(new NuGetFeed(), source, folder.FullName, (_, _, _) => { }).Run(other ?? package, folder.FullName, TestContext.Current.CancellationToken);
}
