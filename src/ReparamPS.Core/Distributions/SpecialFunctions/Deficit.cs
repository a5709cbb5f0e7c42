using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// What log(1 + u) falls short of u. Large parameters multiply it, so it keeps its relative precision near 0, in value and in derivatives of any order.
/// </summary>
internal static class Deficit
{
    // Within it the series has full precision.
    private const double Radius = 0.3;

    // 1 / (2k + 3): log(1 + u) = 2 Σ r^(2k+1) / (2k + 1) with r = u / (2 + u).
    private static readonly double[] OddInverses = [.. Enumerable.Range(0, 13).Select(k => 1.0 / (2 * k + 3))];

    /// <summary>log(1 + u) − u for u ≥ −1.</summary>
    public static Tensor Log1pMinus(Tensor u)
    {
        Tensor isNear = IsNear(u), far = u.masked_fill(isNear, 1);
        return TensorChoice.Where(isNear, Near(u.masked_fill(~isNear, 0)), far.log1p() - far);
    }

    /// <summary>log(x / center) − (x / center − 1).</summary>
    public static Tensor OfRatio(Tensor x, Tensor center)
    {
        Tensor u = (x - center) / center, isNear = IsNear(u), far = TensorChoice.Where(isNear, center, x);
        return TensorChoice.Where(isNear, Near(u.masked_fill(~isNear, 0)), far.log() - center.log() - far / center + 1);
    }

    /// <summary>(1 + u) log(1 + u) − u for u ≥ −1, which is ½ u² near 0.</summary>
    public static Tensor OfEntropy(Tensor u)
    {
        Tensor isNear = IsNear(u), near = u.masked_fill(~isNear, 0), far = u.masked_fill(isNear, 1);
        return TensorChoice.Where(isNear, (1 + near) * Near(near) + near.square(), xlogy(1 + far, 1 + far) - far);
    }

    private static Tensor IsNear(Tensor u) => TensorChoice.Abs(u) < Radius;

    private static Tensor Near(Tensor u)
    {
        Tensor r = u / (2 + u), square = r.square(), sum = square * OddInverses[^1] + OddInverses[^2];
        for (int k = OddInverses.Length - 3; k >= 0; k--) sum = sum * square + OddInverses[k];
        return r * (2 * square * sum - u);
    }
}
