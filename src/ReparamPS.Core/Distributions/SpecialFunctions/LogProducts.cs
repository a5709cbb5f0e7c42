using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Counts times logarithms: 0 where the count is 0, whatever the logarithm, in the value and in its gradient. The counts themselves carry none there.</summary>
internal static class LogProducts
{
    /// <summary>count · log y.</summary>
    public static Tensor TimesLog(Tensor count, Tensor y) => count * y.masked_fill(count == 0, 1).log();

    /// <summary>count · log(1 + y).</summary>
    public static Tensor TimesLog1P(Tensor count, Tensor y) => count * y.masked_fill(count == 0, 0).log1p();
}
