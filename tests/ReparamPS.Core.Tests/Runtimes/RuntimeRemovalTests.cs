using System.Text.Json;
using ReparamPS.Data;
using ReparamPS.Native;
using ReparamPS.Runtimes;

namespace ReparamPS.Core.Tests.Runtimes;

/// <summary>What an uninstallation and a replacement delete: files that Install-TorchRuntime wrote, and nothing else.</summary>
public sealed class RuntimeRemovalTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparamps removal ü ");

    private string Runtime => Path.Combine(folder.FullName, "runtime");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("""{"name":"my game"}""")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("""{"Version":"2.10.0","Device":"cpu","Source":"x","Files":null}""")]
    [InlineData("""{"Version":"2.10.0","Device":"cpu","Source":"x","Files":[]}""")]
    [InlineData("""{"Version":"2.10.0","Device":"cpu","Source":"x","Files":[null]}""")]
    [InlineData("""{"Version":"2.10.0","Device":"cpu","Source":"x","Files":["../outside.txt"]}""")]
    [InlineData("""{"Version":"2.10.0","Device":"game","Source":"x","Files":["data.txt"]}""")]
    public void A_folder_with_another_programs_runtime_json_is_refused_and_kept(string record)
    {
        Directory.CreateDirectory(Path.Combine(Runtime, "sub"));
        string[] files = [Path.Combine(Runtime, RuntimeFolders.RecordName), Path.Combine(Runtime, "data.txt"), Path.Combine(Runtime, "sub", "data.txt"), Path.Combine(folder.FullName, "outside.txt")];
        foreach (string file in files) File.WriteAllText(file, record);
        foreach (Action refused in new Action[] { () => Uninstall(Runtime), () => TorchInstaller.CheckInstalled(Runtime) })
            Assert.Contains("is not a record of Install-TorchRuntime", Assert.Throws<ArgumentException>(refused).Message, StringComparison.Ordinal);
        Assert.Contains("holds other files", Assert.Throws<ArgumentException>(() => Options(force: true).CheckTarget()).Message, StringComparison.Ordinal);
        Assert.All(files, file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public void Only_the_recorded_files_of_a_runtime_are_deleted()
    {
        Install("libc10.so", "libtorch.so");
        Directory.CreateDirectory(Path.Combine(Runtime, "sub"));
        string[] own = [Path.Combine(Runtime, "notes.txt"), Path.Combine(Runtime, "sub", "data.txt")];
        foreach (string file in own) File.WriteAllText(file, "important");
        Assert.Contains("also holds notes.txt, sub", Assert.Throws<ArgumentException>(() => Options(force: true).CheckTarget()).Message, StringComparison.Ordinal);
        Options(force: false).CheckTarget();
        Uninstall(Runtime);
        Assert.Equal(own.Order(), Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void A_runtime_alone_is_deleted_with_its_folder_also_if_the_path_ends_with_a_separator()
    {
        Install("libc10.so");
        Options(force: true).CheckTarget();
        Uninstall(Runtime + Path.DirectorySeparatorChar);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Fact]
    public void Removing_waits_for_another_installation_says_so_and_can_be_stopped()
    {
        Install("libc10.so");
        using var stop = new CancellationTokenSource();
        using (FileLock? other = FileLock.TryTake(Path.Combine(folder.FullName, ".reparamps-torch.lock")))
        {
            List<string> said = [];
            Assert.Throws<OperationCanceledException>(() => TorchInstaller.Uninstall(Runtime, (activity, _, _) =>
            {
                said.Add(activity);
                stop.Cancel();
            }, stop.Token));
            Assert.Equal(["Waiting for another installation"], said);
        }
        TorchInstaller.CheckInstalled(Runtime);
    }

    [Fact]
    public void A_runtime_that_another_session_removes_meanwhile_is_not_one()
    {
        Install("libc10.so");
        using FileLock other = FileLock.TryTake(Path.Combine(folder.FullName, ".reparamps-torch.lock"))!;
        Assert.Contains("does not exist", Assert.Throws<ArgumentException>(() => TorchInstaller.Uninstall(Runtime, (_, _, _) =>
        {
            Directory.Delete(Runtime, recursive: true);
            other.Dispose();
        }, TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_runtime_is_installed_only_if_it_is_the_wanted_one_and_complete()
    {
        string[] files = [.. new[] { "c10", "torch_cpu", "torch" }.Select(Platform.FileName), "other.so"];
        Install(files);
        Assert.True(Options(force: false).IsInstalled());
        Assert.False(Options(force: true).IsInstalled());
        AssertRefused(Options(force: false) with { Device = "cuda" }, $"'{Runtime}' holds libtorch 2.10.0 for cpu, not 2.10.0 for cuda. Use -Force to replace it.");
        foreach (string file in files)
        {
            File.Move(Path.Combine(Runtime, file), Path.Combine(folder.FullName, file));
            AssertRefused(Options(force: false), $"is not complete; missing: {file}. Use -Force to replace it.");
            File.Move(Path.Combine(folder.FullName, file), Path.Combine(Runtime, file));
        }
        Record("2.7.1", files);
        AssertRefused(Options(force: false), $"'{Runtime}' holds libtorch 2.7.1 for cpu, not 2.10.0 for cpu. Use -Force to replace it.");
    }

    [Fact]
    public void A_file_is_not_a_folder_to_install_to()
    {
        File.WriteAllText(Runtime, "");
        Assert.Equal($"Path must be a folder; '{Runtime}' is a file.", Assert.Throws<ArgumentException>(() => Options(force: false).Check()).Message);
    }

    [Fact]
    public void The_address_of_a_source_may_hold_spaces() => (Options(force: false) with { Source = "https://localhost/ä b/index.json" }).Check();

    private void AssertRefused(InstallOptions options, string text)
    {
        foreach (Action refused in new Action[] { options.Check, () => new TorchInstaller(options, (_, _, _) => { }).Install(TestContext.Current.CancellationToken) })
            Assert.Contains(text, Assert.Throws<ArgumentException>(refused).Message, StringComparison.Ordinal);
    }

    private static void Uninstall(string path) => TorchInstaller.Uninstall(path, (_, _, _) => { }, TestContext.Current.CancellationToken);

    private InstallOptions Options(bool force) => new("cpu", null, Runtime, RuntimeScope.CurrentUser, force, folder.FullName);

    private void Install(params string[] files)
    {
        Directory.CreateDirectory(Runtime);
        foreach (string file in files) File.WriteAllText(Path.Combine(Runtime, file), file);
        Record("2.10.0", files);
    }

    private void Record(string version, string[] files) =>
        File.WriteAllText(Path.Combine(Runtime, RuntimeFolders.RecordName), JsonSerializer.Serialize(new { Version = version, Device = "cpu", Source = "test", Files = files }));
}
