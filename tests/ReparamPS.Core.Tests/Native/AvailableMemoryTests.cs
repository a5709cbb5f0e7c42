using ReparamPS.TorchGuard;

namespace ReparamPS.Core.Tests.Native;

/// <summary>The memory that is available is the least of the machine's and the control groups'.</summary>
public sealed class AvailableMemoryTests : IDisposable
{
    private const long Gigabyte = 1L << 30;
    private readonly string root = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Without_groups_it_is_what_the_kernel_says()
    {
        Write("proc/meminfo", "MemTotal:       24683520 kB\nMemFree:         1000000 kB\nMemAvailable:    8388608 kB\n");
        Assert.Equal(8 * Gigabyte, Read());
    }

    [Fact]
    public void A_group_of_version_2_limits_it_less_what_its_files_can_give_back()
    {
        Write("proc/meminfo", "MemAvailable:    8388608 kB\n");
        Write("proc/self/cgroup", "0::/outer/inner\n");
        Write("groups/outer/memory.max", $"{4 * Gigabyte}\n");
        Write("groups/outer/memory.current", $"{3 * Gigabyte}\n");
        Write("groups/outer/memory.stat", $"anon 5\ninactive_file {Gigabyte}\n");
        Write("groups/outer/inner/memory.max", "max\n");
        Assert.Equal(2 * Gigabyte, Read());
    }

    [Fact]
    public void A_group_of_version_1_limits_it_also_where_its_path_is_one_of_the_host()
    {
        Write("proc/meminfo", "MemAvailable:    8388608 kB\n");
        Write("proc/self/cgroup", "5:devices:/\n4:cpu,memory:/docker/abc\n");
        Write("groups/memory/memory.limit_in_bytes", $"{3 * Gigabyte}\n");
        Write("groups/memory/memory.usage_in_bytes", $"{2 * Gigabyte}\n");
        Write("groups/memory/memory.stat", "total_inactive_file 0\n");
        Assert.Equal(Gigabyte, Read());
    }

    [Fact]
    public void A_full_group_has_none()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("groups/memory.max", "100\n");
        Write("groups/memory.current", "200\n");
        Assert.Equal(0, Read());
    }

    [Fact]
    public void A_request_between_what_is_available_and_what_is_installed_is_refused()
    {
        double bytes = MemoryLimit.Available + (1L << 30);
        string message = Assert.Throws<InsufficientMemoryException>(() => MemoryLimit.Check(bytes, 1)).Message;
        Assert.Contains("needed ", message, StringComparison.Ordinal);
        MemoryLimit.Check(1 << 20, 1);
    }

    private long Read() => AvailableMemory.OfLinux(Path.Combine(root, "proc"), Path.Combine(root, "groups"));

    private void Write(string path, string text)
    {
        string full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
