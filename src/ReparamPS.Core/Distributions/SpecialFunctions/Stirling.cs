using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Log-gamma terms in tensor operations, so that log-densities can be differentiated as often as one likes.</summary>
internal static class Stirling
{
    // B₂ₙ / (2n (2n − 1)).
    private static readonly double[] Coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156];

    /// <summary>Where the series holds full precision.</summary>
    public const double Large = 20;

    /// <summary>δ(x) = log Γ(x) − ((x − ½) log x − x + ½ log 2π) for x of at least <see cref="Large"/>.</summary>
    public static Tensor Remainder(Tensor x)
    {
        Tensor square = x.square().reciprocal(), sum = square * Coefficients[^1];
        for (int i = Coefficients.Length - 2; i > 0; i--) sum = (sum + Coefficients[i]) * square;
        return (sum + Coefficients[0]) / x;
    }

    /// <summary>δ(x) for any x > 0.</summary>
    public static Tensor RemainderAnywhere(Tensor x)
    {
        Tensor isLarge = x >= Large, small = x.clamp_max(Large);
        Tensor direct = small.lgamma() - (small - 0.5) * small.log() + small - GammaFunctions.HalfLogTwoPi;
        return TensorChoice.Where(isLarge, Remainder(x.clamp_min(Large)), direct);
    }

    /// <summary>log Γ(x + ½) − log Γ(x).</summary>
    public static Tensor LogGammaHalfStep(Tensor x)
    {
        Tensor large = x.clamp_min(Large), direct = (x + 0.5).lgamma() - x.lgamma();
        Tensor scaled = large * (0.5 / large).log1p() + 0.5 * large.log() - 0.5 + Remainder(large + 0.5) - Remainder(large);
        return TensorChoice.Where(x >= Large, scaled, direct);
    }

    /// <summary>ψ(x + ½) − ψ(x).</summary>
    public static Tensor DigammaHalfStep(Tensor x)
    {
        Tensor large = x.clamp_min(Large), direct = (x + 0.5).digamma() - x.digamma(), r = large.square().reciprocal();
        Tensor series = 0.5 / large + r * (1.0 / 8 + r * (-1.0 / 64 + r * (1.0 / 128 + r * (-17.0 / 2048 + r * (31.0 / 2048)))));
        return TensorChoice.Where(x >= Large, series, direct);
    }

    /// <summary>(a − 1) log x − x − log Γ(a) for x > 0, without the cancellation of its terms at large a.</summary>
    public static Tensor LogGammaDensity(Tensor a, Tensor x)
    {
        Tensor direct = (a - 1) * x.log() - x - a.lgamma();
        Tensor isLarge = a >= Large;
        Tensor large = a.clamp_min(Large), ratio = x / large;
        Tensor scaled = large * (ratio.log() + (1 - ratio)) - x.log() + 0.5 * large.log() - GammaFunctions.HalfLogTwoPi - Remainder(large);
        return TensorChoice.Where(isLarge, scaled, direct);
    }
}
