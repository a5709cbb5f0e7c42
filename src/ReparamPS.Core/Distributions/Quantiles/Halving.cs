using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>Middles of brackets.</summary>
internal static class Halving
{
    // From a bracket whose ends differ by a smaller factor, the arithmetic middle is as good.
    private const double WideFactor = 4;

    /// <summary>
    /// The middle of two floats by their magnitude: the geometric mean, or 0 between numbers of opposite sign. A dozen halvings bring the widest bracket down to numbers of one magnitude,
    /// and about 64 to neighbours, where the arithmetic middle would need a thousand.
    /// </summary>
    public static Tensor ByMagnitude(Tensor low, Tensor high)
    {
        double tiny = TorchTypes.Tiny(low.dtype), largest = TorchTypes.Largest(low.dtype);
        Tensor a = low.abs().clamp(tiny * TorchTypes.Epsilon(low.dtype), largest), b = high.abs().clamp(tiny * TorchTypes.Epsilon(low.dtype), largest), larger = maximum(a, b);
        Tensor isWide = (larger > WideFactor * minimum(a, b)) & (larger > tiny);
        return TensorChoice.Where(isWide | (low.sign() * high.sign() < 0), (low.sign() + high.sign()).sign() * a.sqrt() * b.sqrt(), Arithmetic(low, high));
    }

    /// <summary>The arithmetic middle. Ends that are the same infinity are their own middle.</summary>
    public static Tensor Arithmetic(Tensor low, Tensor high) => TensorChoice.Where(low == high, low, low + (high - low) / 2);
}
