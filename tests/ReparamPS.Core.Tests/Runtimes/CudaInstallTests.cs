using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ReparamPS.Data;
using ReparamPS.Native;
using ReparamPS.Runtimes;

namespace ReparamPS.Core.Tests.Runtimes;

/// <summary>Installs the packages of CUDA, made here in the structure of the real ones: one names the others, and large libraries lie in several.</summary>
public sealed class CudaInstallTests : IDisposable
{
    private const string Id = "libtorch-cuda-12.8-linux-x64", Natives = "runtimes/linux-x64/native/", Fragments = "fragments/linux-x64/native/", Version = "2.10.0";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps cuda ü ");
    private readonly Dictionary<string, byte[]> packages = [];
    private readonly byte[] cuda = new byte[700_000], cpu = new byte[300_000];
    private readonly List<string> warnings = [];

    public CudaInstallTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's.");
        new Random(3).NextBytes(cuda);
        new Random(4).NextBytes(cpu);
        string[] whole = ["libc10.so", "libc10_cuda.so", "libtorch.so", "libcaffe2_nvrtc.so", "libtorch_cuda_linalg.so", "libcudart-c3a75b33.so.12", "libtorch_python.so", "libshm.so"];
        Add("part1", [.. whole.Select(name => (Natives + name, Encoding.UTF8.GetBytes(name)))]);
        Add("part2-primary", (Natives + "libtorch_cpu.so", cpu[..100_000]), (Natives + "libtorch_cpu.so.sha", Hash(cpu)));
        Add("part2-fragment1", (Fragments + "libtorch_cpu.so.fragment1", cpu[100_000..]));
        Add("part3-primary", (Natives + "libtorch_cuda.so", cuda[..200_000]), (Natives + "libtorch_cuda.so.sha", Hash(cuda)));
        Add("part3-fragment1", (Fragments + "libtorch_cuda.so.fragment1", cuda[200_000..350_000]));
        Add("part3-fragment2", (Fragments + "libtorch_cuda.so.fragment2", cuda[350_000..600_000]));
        Add("part3-fragment3", (Fragments + "libtorch_cuda.so.fragment3", cuda[600_000..]));
        AddFirst();
    }

    private string Target => Path.Combine(folder.FullName, "runtime");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_folder_of_packages_is_joined_and_used_with_a_warning()
    {
        TorchRuntime runtime = Install(Saved());
        Assert.Equal(("cuda", Version), (runtime.Device, runtime.Version));
        Assert.Equal(cuda, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
        Assert.Equal(cpu, File.ReadAllBytes(Path.Combine(Target, "libtorch_cpu.so")));
        Assert.Equal(
            ["libc10.so", "libc10_cuda.so", "libcaffe2_nvrtc.so", "libcudart-c3a75b33.so.12", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch_cuda_linalg.so", RuntimeFolders.RecordName],
            Directory.GetFiles(Target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("holds 8 packages that could not be checked", Assert.Single(warnings), StringComparison.Ordinal);
        TorchInstaller.Uninstall(Target, (_, _, _) => { }, TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void A_source_that_states_hashes_is_downloaded_without_a_warning_and_leaves_no_packages()
    {
        using var server = new FeedServer(packages) { StatesHashes = true };
        Install(server.Url);
        Assert.Equal(cuda, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
        Assert.Empty(warnings);
        Assert.Empty(Directory.GetFiles(folder.FullName, ".*.nupkg"));
    }

    [Fact]
    public void An_interrupted_download_continues_where_it_ended()
    {
        byte[] part = packages[$"{Id}-part3-fragment2.{Version}"];
        File.WriteAllBytes(Path.Combine(folder.FullName, $".{Id}-part3-fragment2.{Version}.nupkg"), part[..100_000]);
        using var server = new FeedServer(packages, breakAfter: 120_000) { StatesHashes = true };
        Install(server.Url);
        Assert.Equal(cuda, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
        Assert.Contains(100_000, server.Offsets);
        Assert.Contains(220_000, server.Offsets);
    }

    [Fact]
    public void A_package_without_the_stated_hash_is_refused()
    {
        using var server = new FeedServer(packages) { StatesHashes = true, Misstated = $"{Id}-part3-fragment1.{Version}" };
        DataFormatException error = Assert.Throws<DataFormatException>(() => Install(server.Url));
        Assert.Contains($"the file is not {Id}-part3-fragment1 {Version}", error.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Fact]
    public void A_source_that_states_no_hashes_is_refused()
    {
        using var server = new FeedServer(packages);
        IOException error = Assert.ThrowsAny<IOException>(() => Install(server.Url));
        Assert.Contains($"does not state the size and the SHA-512 hash of {Id} {Version}", error.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Fact]
    public void A_package_that_is_missing_is_named()
    {
        packages.Remove($"{Id}-part3-fragment2.{Version}");
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => Install(Saved()));
        Assert.Contains($"does not hold {Id}-part3-fragment2.{Version}.nupkg", error.Message, StringComparison.Ordinal);
        using var server = new FeedServer(packages) { StatesHashes = true };
        IOException remote = Assert.ThrowsAny<IOException>(() => Install(server.Url));
        Assert.Contains($"{Id}-part3-fragment2 {Version} could not be read from a NuGet source.", remote.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Theory]
    [InlineData("part3-fragment2", "libtorch_cuda.so is split over several packages, and fragment 2 is in none of them. Download this package again, and all others whose names start with 'libtorch-cuda-12.8-linux-x64'; or omit -Source")]
    [InlineData("part3-fragment3", "joined from 3 parts, must be")]
    [InlineData("part3-primary", "libtorch_cuda.so is split over several packages, and its first part is in none of them.")]
    [InlineData("part2-fragment1", "libtorch_cpu.so is split over several packages, but its other parts are in none of them.")]
    public void A_part_that_no_package_holds_is_named(string suffix, string text)
    {
        packages.Remove($"{Id}-{suffix}.{Version}");
        AddFirst();
        DataFormatException error = Assert.Throws<DataFormatException>(() => Install(Saved()));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Fact]
    public void A_library_that_does_not_have_its_hash_is_refused()
    {
        Add("part3-primary", (Natives + "libtorch_cuda.so", cuda[..200_000]), (Natives + "libtorch_cuda.so.sha", Hash(cpu)));
        DataFormatException error = Assert.Throws<DataFormatException>(() => Install(Saved()));
        Assert.Contains("the SHA-256 hash of libtorch_cuda.so, joined from 4 parts, must be", error.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Theory]
    [InlineData(Natives + @"libc10.so\..\..\..\x.so")]
    [InlineData(Natives + "libc10.so:x")]
    [InlineData(Natives + @"libc10.so\..\x.so.sha")]
    [InlineData(Fragments + @"libtorch_cuda.so\..\x.so.fragment1")]
    public void A_name_that_is_a_path_on_Windows_is_refused(string name)
    {
        Add("part2-fragment1", (Fragments + "libtorch_cpu.so.fragment1", cpu[100_000..]), (name, [1]));
        DataFormatException error = Assert.Throws<DataFormatException>(() => Install(Saved()));
        Assert.Contains($@"the package holds the file '{name}', whose name contains '\' or ':'.", error.Message, StringComparison.Ordinal);
        AssertNothingIsInstalled();
    }

    [Fact]
    public void A_first_package_that_names_no_others_is_refused()
    {
        packages[$"{Id}.{Version}"] = Package(("x.nuspec", Encoding.UTF8.GetBytes("<package><metadata/></package>")));
        Assert.Contains("the package must depend on library packages", Assert.Throws<DataFormatException>(() => Install(Saved())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_installations_at_once_install_once()
    {
        string source = Saved();
        TorchRuntime[] runtimes = new TorchRuntime[2];
        Parallel.For(0, 2, i => runtimes[i] = Install(source));
        Assert.Equal(runtimes[0].Path, runtimes[1].Path);
        Assert.Equal(cuda, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
        Assert.DoesNotContain(Directory.GetDirectories(folder.FullName), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cancelled_installation_leaves_nothing_and_the_next_one_works()
    {
        string source = Saved();
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Installer(source, (activity, _, _) =>
        {
            if (activity == "Extracting") cancellation.Cancel();
        }).Install(cancellation.Token));
        AssertNothingIsInstalled();
        Install(source);
        Assert.Equal(cuda, File.ReadAllBytes(Path.Combine(Target, "libtorch_cuda.so")));
    }

    private TorchRuntime Install(string source) => Installer(source, (_, _, _) => { }).Install(TestContext.Current.CancellationToken);

    private TorchInstaller Installer(string source, InstallProgress progress) => new(
        new InstallOptions("cuda", source, Target, RuntimeScope.CurrentUser, Force: false, folder.FullName), progress, text =>
        {
            lock (warnings) warnings.Add(text);
        });

    private void AssertNothingIsInstalled()
    {
        Assert.False(Directory.Exists(Target));
        Assert.DoesNotContain(Directory.GetDirectories(folder.FullName), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private string Saved()
    {
        string source = Directory.CreateDirectory(Path.Combine(folder.FullName, "packages")).FullName;
        foreach ((string name, byte[] content) in packages) File.WriteAllBytes(Path.Combine(source, name + ".nupkg"), content);
        return source;
    }

    private void Add(string suffix, params (string Path, byte[] Content)[] entries) => packages[$"{Id}-{suffix}.{Version}"] = Package([.. entries, ("lib/netstandard2.0/_._", [])]);

    // The package that depends on all others.
    private void AddFirst()
    {
        packages.Remove($"{Id}.{Version}");
        string dependencies = string.Concat(packages.Keys.Select(name => $"""<dependency id="{name[..^(Version.Length + 1)]}" version="{Version}" exclude="Build,Analyzers" />"""));
        string specification = $"""<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{Id}</id><dependencies><group targetFramework=".NETStandard2.0">{dependencies}<dependency id="Other" version="1.0.0" /></group></dependencies></metadata></package>""";
        packages[$"{Id}.{Version}"] = Package(($"{Id}.nuspec", Encoding.UTF8.GetBytes(specification)));
    }

    private static byte[] Package(params (string Path, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach ((string path, byte[] content) in entries)
            {
                using Stream entry = archive.CreateEntry(path).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Hash(byte[] content) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content)));
}
