using ReparamPS.Runtimes;

namespace ReparamPS.Core.Tests.Runtimes;

public sealed class FreeSpaceTests
{
    [Fact]
    public void A_disk_that_is_too_full_is_refused() =>
        Assert.Contains("is too full", Assert.Throws<IOException>(() => FreeSpace.Require(Path.GetTempPath(), long.MaxValue)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_network_share_of_Windows_is_not_checked()
    {
        Assert.SkipUnless(OperatingSystem.IsWindows(), "Only Windows has such paths.");
        FreeSpace.Require(@"\\server\share\folder", long.MaxValue);
    }
}
