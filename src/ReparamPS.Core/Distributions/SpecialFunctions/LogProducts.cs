using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// Counts times logarithms: 0 if the count is 0, for every logarithm, and −∞ if only the argument is 0. In neither case does a gradient become
/// infinity times zero, which is NaN.
/// </summary>
internal static class LogProducts
{
    /// <summary>count · log y.</summary>
    public static Tensor TimesLog(Tensor count, Tensor y) => TensorQuestions.AreSurelyBetween(y, TorchTypes.Tiny(y.dtype), double.MaxValue)
        ? count * y.log()
        : (count * y.masked_fill((count == 0) | (y == 0), 1).log()).masked_fill((count > 0) & (y == 0), double.NegativeInfinity);

    /// <summary>exponent · log y, 0 at an exponent of 0. There, 0 as y has no slope in y, where the quotient 0 / 0 would be NaN.</summary>
    public static Tensor Power(Tensor exponent, Tensor y) => AreOrdinary(exponent, y) ? exponent * y.log() : xlogy(exponent, y.requires_grad ? TensorChoice.Where((y == 0) & (exponent == 0), y.detach(), y) : y);

    /// <summary>exponent · log(1 + y), 0 at an exponent of 0. There, −1 as y has no slope in y.</summary>
    public static Tensor PowerOfRest(Tensor exponent, Tensor y) => special.xlog1py(exponent, y.requires_grad ? TensorChoice.Where((y == -1) & (exponent == 0), y.detach(), y) : y);

    /// <summary>count · log(1 + y).</summary>
    public static Tensor TimesLog1P(Tensor count, Tensor y) => TensorQuestions.AreSurelyBetween(y, TorchTypes.Epsilon(y.dtype) / 2 - 1, double.MaxValue)
        ? count * y.log1p()
        : (count * y.masked_fill((count == 0) | (y == -1), 0).log1p()).masked_fill((count > 0) & (y == -1), double.NegativeInfinity);

    private static bool AreOrdinary(Tensor exponent, Tensor y) =>
        TensorQuestions.AreSurelyBetween(y, TorchTypes.Tiny(y.dtype), double.MaxValue) && TensorQuestions.AreSurelyBetween(exponent, double.MinValue, double.MaxValue);
}
