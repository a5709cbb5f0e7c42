using ReparamPS.Native;

namespace ReparamPS.Core.Tests.Native;

public class CudaDriverTests
{
    [Theory]
    [InlineData(null, 0, "driver is missing")]
    [InlineData(11040, 0, "too old: it supports CUDA 11.4; CUDA 12.0 (driver 525) or newer is needed")]
    [InlineData(12080, 999, "cannot be initialized (CUDA error 999)")]
    [InlineData(13000, 100, "finds no GPU")]
    public void What_the_driver_reports_becomes_a_sentence(int? supported, int initialized, string text) => Assert.Contains(text, CudaDriver.Explain(supported, initialized), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "is empty. Remove it")]
    [InlineData("7", "is '7'. Remove it, or set it to the number of a GPU, and start a new session.")]
    public void A_variable_that_hides_the_GPUs_is_shown_with_what_to_do(string visible, string text) => Assert.Contains(text, CudaDriver.Explain(13000, 100, visible), StringComparison.Ordinal);

    [Theory]
    [InlineData(12000)]
    [InlineData(12080)]
    public void A_driver_in_order_is_no_problem(int supported) => Assert.Null(CudaDriver.Explain(supported, 0));

    [Fact]
    public void A_GPU_before_Turing_is_refused()
    {
        Assert.Equal("cuda:1 is too old: its compute capability is 7.0; 7.5 (Turing) or newer is needed.", CudaDriver.ExplainCapability(1, 70));
        Assert.Null(CudaDriver.ExplainCapability(0, 75));
        Assert.Null(CudaDriver.ExplainCapability(0, 90));
    }
}
