using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>The standard normal's functions, accurate in both tails.</summary>
internal static class StandardNormal
{
    /// <summary>log 2π.</summary>
    public const double LogTwoPi = 2 * GammaFunctions.HalfLogTwoPi;

    private static readonly double Sqrt2 = Math.Sqrt(2);

    /// <summary>log φ(x).</summary>
    public static Tensor LogDensity(Tensor x)
    {
        using Tensor square = x.square();
        return x.new_full([], -GammaFunctions.HalfLogTwoPi).add(square, -0.5);
    }

    /// <summary>The log-density of vectors of independent standard normals; subtract log|det L| for that of L x + m.</summary>
    public static Tensor LogDensityOfVectors(Tensor x) => -0.5 * (x.square().sum(-1) + LogTwoPi * x.shape[^1]);

    /// <summary>The log-density of a normal at a distance from its mean, by the logarithm of its variance.</summary>
    public static Tensor LogDensity(Tensor distance, Tensor logVariance) => -0.5 * (distance.square() * (-logVariance).exp() + logVariance + LogTwoPi);

    /// <summary>Φ(x), by erfc so that the lower tail keeps its digits.</summary>
    public static Tensor Cdf(Tensor x) => 0.5 * special.erfc(-x / Sqrt2);

    /// <summary>log Φ(x): by the scaled erfc below −1, where Φ underflows, and by log1p above.</summary>
    public static Tensor LogCdf(Tensor x)
    {
        Tensor lower = x < -1;
        Tensor low = TensorChoice.Where(lower, x, -1), high = TensorChoice.Where(lower, -1, x);
        Tensor tail = (0.5 * ScaledErrorFunction.Erfcx(-low / Sqrt2)).log() - 0.5 * low.square();
        return TensorChoice.Where(lower, tail, (-0.5 * special.erfc(high / Sqrt2)).log1p());
    }
}
