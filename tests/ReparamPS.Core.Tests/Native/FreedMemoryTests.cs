using ReparamPS.Native;

namespace ReparamPS.Core.Tests.Native;

public sealed class FreedMemoryTests
{
    [Fact]
    public void The_allocator_of_glibc_accepts_the_thresholds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/ldd") && File.ReadAllText("/usr/bin/ldd").Contains("GLIBC", StringComparison.Ordinal), "Only glibc has them.");
        Assert.SkipWhen(FreedMemory.IsSetByUser, "The environment sets them.");

        Assert.True(FreedMemory.Keep());
    }
}
