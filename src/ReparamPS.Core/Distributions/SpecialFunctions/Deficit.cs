using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>
/// The difference log(1 + u) − u. Large parameters multiply it, so it keeps its relative precision near 0, in value and in derivatives of any order.
/// </summary>
internal static class Deficit
{
    // Up to this |u|, the series has full precision.
    private const double Radius = 0.3;

    // 1 / (2k + 3): log(1 + u) = 2 Σ r^(2k+1) / (2k + 1) with r = u / (2 + u).
    private static readonly double[] OddInverses = [.. Enumerable.Range(0, 13).Select(k => 1.0 / (2 * k + 3))];

    // 1 / n! from n = 2.
    private static readonly double[] InverseFactorials = [.. Enumerable.Range(2, 14).Select(n => 1 / Enumerable.Range(1, n).Aggregate(1.0, (product, k) => product * k))];

    /// <summary>log(1 + u) − u for u ≥ −1.</summary>
    public static Tensor Log1pMinus(Tensor u)
    {
        Tensor isNear = IsNear(u), far = u.masked_fill(isNear, 1);
        return TensorChoice.Where(isNear, Near(u.masked_fill(~isNear, 0)), far.log1p() - far);
    }

    /// <summary>log(x / center) − (x / center − 1), which is not positive.</summary>
    public static Tensor OfRatio(Tensor x, Tensor center)
    {
        Tensor u = (x - center) / center, isNear = IsNear(u);
        return TensorChoice.Where(isNear, Near(u.masked_fill(~isNear, 0)), x.log() - center.log() - u);
    }

    /// <summary>log(x² / center²) − (x² / center² − 1).</summary>
    public static Tensor OfSquareRatio(Tensor x, Tensor center)
    {
        Tensor u = (x - center) / center, excess = u * (2 + u), isNear = IsNear(excess);
        return TensorChoice.Where(isNear, Near(excess.masked_fill(~isNear, 0)), 2 * (x.log() - center.log()) - excess);
    }

    /// <summary>center · log(x / center) − (x − center), which is not positive.</summary>
    public static Tensor TimesOfRatio(Tensor x, Tensor center) => TimesOfRatio(x, center, x.log());

    /// <inheritdoc cref="TimesOfRatio(Tensor, Tensor)"/>
    /// <param name="x">Positive.</param>
    /// <param name="center">Positive.</param>
    /// <param name="logX">log x, if it is known.</param>
    public static Tensor TimesOfRatio(Tensor x, Tensor center, Tensor logX)
    {
        Tensor u = (x - center) / center, isNear = IsNear(u);
        Tensor far = center * (logX - center.log()) - (x - center);
        return TensorChoice.Where(isNear, center * Near(u.masked_fill(~isNear, 0)), far);
    }

    /// <summary>(1 + u) log(1 + u) − u for u ≥ −1, which is ½ u² near 0.</summary>
    public static Tensor OfEntropy(Tensor u)
    {
        Tensor isNear = IsNear(u), near = u.masked_fill(~isNear, 0), far = u.masked_fill(isNear, 1);
        return TensorChoice.Where(isNear, (1 + near) * Near(near) + near.square(), xlogy(1 + far, 1 + far) - far);
    }

    /// <summary>eˣ − 1 − x.</summary>
    public static Tensor OfExponential(Tensor x)
    {
        Tensor isNear = TensorChoice.Abs(x) < 0.5, near = x.masked_fill(~isNear, 0), far = x.masked_fill(isNear, 1);
        Tensor sum = near * InverseFactorials[^1] + InverseFactorials[^2];
        for (int k = InverseFactorials.Length - 3; k >= 0; k--) sum = sum * near + InverseFactorials[k];
        return TensorChoice.Where(isNear, near.square() * sum, far.expm1() - far);
    }

    private static Tensor IsNear(Tensor u) => TensorChoice.Abs(u) < Radius;

    private static Tensor Near(Tensor u)
    {
        Tensor r = u / (2 + u), square = r.square(), sum = square * OddInverses[^1] + OddInverses[^2];
        for (int k = OddInverses.Length - 3; k >= 0; k--) sum = sum * square + OddInverses[k];
        return r * (2 * square * sum - u);
    }
}
