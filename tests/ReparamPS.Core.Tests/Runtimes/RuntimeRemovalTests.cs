using System.Text.Json;
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
        foreach (Action refused in new Action[] { () => TorchInstaller.Uninstall(Runtime), () => TorchInstaller.CheckInstalled(Runtime) })
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
        TorchInstaller.Uninstall(Runtime);
        Assert.Equal(own.Order(), Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void A_runtime_alone_is_deleted_with_its_folder_also_if_the_path_ends_with_a_separator()
    {
        Install("libc10.so");
        Options(force: true).CheckTarget();
        TorchInstaller.Uninstall(Runtime + Path.DirectorySeparatorChar);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    private InstallOptions Options(bool force) => new("cpu", null, Runtime, RuntimeScope.CurrentUser, force, folder.FullName);

    private void Install(params string[] files)
    {
        Directory.CreateDirectory(Runtime);
        foreach (string file in files) File.WriteAllText(Path.Combine(Runtime, file), file);
        File.WriteAllText(Path.Combine(Runtime, RuntimeFolders.RecordName), JsonSerializer.Serialize(new { Version = "2.10.0", Device = "cpu", Source = "test", Files = files }));
    }
}
