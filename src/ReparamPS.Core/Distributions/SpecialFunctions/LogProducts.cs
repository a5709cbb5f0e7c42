using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// Counts times logarithms: 0 if the count is 0, for every logarithm, and −∞ if only the argument is 0. In neither case does a gradient become
/// infinity times zero, which is NaN.
/// </summary>
internal static class LogProducts
{
    /// <summary>count · log y.</summary>
    public static Tensor TimesLog(Tensor count, Tensor y) => (count * y.masked_fill((count == 0) | (y == 0), 1).log()).masked_fill((count > 0) & (y == 0), double.NegativeInfinity);

    /// <summary>count · log(1 + y).</summary>
    public static Tensor TimesLog1P(Tensor count, Tensor y) => (count * y.masked_fill((count == 0) | (y == -1), 0).log1p()).masked_fill((count > 0) & (y == -1), double.NegativeInfinity);
}
