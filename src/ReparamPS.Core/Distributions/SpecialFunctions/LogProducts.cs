using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// Counts times logarithms: 0 if the count is 0, for every logarithm, and −∞ with an infinite slope if only the argument is 0. In neither case does a gradient become
/// infinity times zero, which is NaN.
/// </summary>
internal static class LogProducts
{
    /// <summary>count · log y.</summary>
    public static Tensor TimesLog(Tensor count, Tensor y)
    {
        if (TensorQuestions.AreSurelyBetween(y, TorchTypes.Tiny(y.dtype), double.MaxValue)) return count * y.log();
        Tensor isNone = (count > 0) & (y == 0);
        return InfiniteSlope((count * y.masked_fill((count == 0) | (y == 0), 1).log()).masked_fill(isNone, double.NegativeInfinity), y, isNone);
    }

    /// <summary>A result that keeps its value, with an infinite derivative in an argument where the mask holds. Times a gradient of 0 it is 0, unlike that of a logarithm.</summary>
    public static Tensor InfiniteSlope(Tensor result, Tensor argument, Tensor mask)
    {
        if (!is_grad_enabled() || !argument.requires_grad || !TensorQuestions.HasValues(argument)) return result;
        double large = TorchTypes.Largest(argument.dtype);
        Tensor at = argument.masked_fill(~mask, 0);
        return result + (at - at.detach()) * large * large;
    }

    /// <summary>exponent · log y, 0 at an exponent of 0. There, 0 as y has no slope in y, where the quotient 0 / 0 would be NaN.</summary>
    public static Tensor Power(Tensor exponent, Tensor y) => AreOrdinary(exponent, y) ? exponent * y.log() : xlogy(exponent, y.requires_grad ? TensorChoice.Where((y == 0) & (exponent == 0), y.detach(), y) : y);

    /// <summary>exponent · log(1 + y), 0 at an exponent of 0. There, −1 as y has no slope in y.</summary>
    public static Tensor PowerOfRest(Tensor exponent, Tensor y) => special.xlog1py(exponent, y.requires_grad ? TensorChoice.Where((y == -1) & (exponent == 0), y.detach(), y) : y);

    /// <summary>count · log(1 + y).</summary>
    public static Tensor TimesLog1P(Tensor count, Tensor y)
    {
        if (TensorQuestions.AreSurelyBetween(y, TorchTypes.Epsilon(y.dtype) / 2 - 1, double.MaxValue)) return count * y.log1p();
        Tensor isNone = (count > 0) & (y == -1);
        return InfiniteSlope((count * y.masked_fill((count == 0) | (y == -1), 0).log1p()).masked_fill(isNone, double.NegativeInfinity), y, isNone);
    }

    private static bool AreOrdinary(Tensor exponent, Tensor y) =>
        TensorQuestions.AreSurelyBetween(y, TorchTypes.Tiny(y.dtype), double.MaxValue) && TensorQuestions.AreSurelyBetween(exponent, double.MinValue, double.MaxValue);
}
