using ReparamPS.Torch;

namespace ReparamPS.Core.Tests;

public sealed class TorchThreadsTests
{
    [Theory]
    [InlineData(0, 1 << 24)]
    [InlineData(1, 1 << 24)]
    [InlineData(7, 1)]
    [InlineData(1001, 1 << 24)]
    public void Each_item_is_done_once(int count, long bytes)
    {
        int[] done = new int[count];
        for (int round = 0; round < 50; round++)
        {
            TorchThreads.Run(count, bytes, (start, end) =>
            {
                for (int i = start; i < end; i++) Interlocked.Increment(ref done[i]);
            });
        }
        Assert.All(done, times => Assert.Equal(50, times));
    }

    [Fact]
    public void An_error_of_a_part_comes_out()
    {
        Assert.Equal("of a part", Assert.Throws<InvalidOperationException>(() => TorchThreads.Run(1000, 1 << 24, (_, _) => throw new InvalidOperationException("of a part"))).Message);
    }
}
