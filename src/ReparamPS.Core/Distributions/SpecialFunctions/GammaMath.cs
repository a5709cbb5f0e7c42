using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>The Gamma(a, 1) distribution's functions over tensors, for the distributions that are made of gammas.</summary>
internal static class GammaMath
{
    /// <summary>Gamma(a, rate) draws of a shape, kept above zero as PyTorch's are.</summary>
    public static Tensor Draw(Tensor concentration, Tensor rate, long[] shape, RandomSource random)
    {
        Tensor draw = random.StandardGamma(concentration.expand(shape)) / rate;
        using (no_grad()) draw.detach().clamp_min_(TorchTypes.Tiny(draw.dtype));
        return draw;
    }

    /// <summary>The log-density at x ≥ 0.</summary>
    public static Tensor LogDensity(Tensor a, Tensor x)
    {
        // At zero a multiple of log 0 decides, which is none at all for a = 1; at infinity the density vanishes.
        Tensor inside = (x > 0) & (x < double.PositiveInfinity);
        Tensor at = TensorChoice.Where(inside, x, 1);
        Tensor zero = TensorChoice.Where(a < 1, double.PositiveInfinity, TensorChoice.Where(a > 1, double.NegativeInfinity, a.new_full([], 0)));
        Tensor edge = TensorChoice.Where(x > 0, double.NegativeInfinity, zero);
        return TensorChoice.Where(inside, Stirling.LogGammaDensity(a, at), edge);
    }

    /// <summary>The entropy.</summary>
    public static Tensor Entropy(Tensor a)
    {
        Tensor isLarge = a >= 1000;
        Tensor direct = a + a.lgamma() + (1 - a) * a.digamma();
        // At large a the terms cancel: ½ log(2πe a) − 1/3a − 1/12a² − 1/90a³ + 1/120a⁴.
        Tensor r = TensorChoice.Where(isLarge, a, 1000).reciprocal();
        Tensor large = 0.5 - 0.5 * r.log() + GammaFunctions.HalfLogTwoPi - r * (1.0 / 3 + r * (1.0 / 12 + r * (1.0 / 90 - r / 120)));
        return TensorChoice.Where(isLarge, large, direct);
    }

    /// <summary>P(a, x).</summary>
    public static Tensor Cdf(Tensor a, Tensor x) => Elementwise.Apply((at, to) => GammaPoints.Fill(at, to, gamma => (gamma.P, gamma.Slope, 0)), a, x);

    /// <summary>log P(a, x).</summary>
    public static Tensor LogCdf(Tensor a, Tensor x) => Elementwise.Apply((at, to) => GammaPoints.Fill(at, to, gamma => (gamma.LogP, gamma.LogPSlope, gamma.LogP)), a, x);

    /// <summary>Q(a, x) = 1 − P(a, x).</summary>
    public static Tensor Survival(Tensor a, Tensor x) => Elementwise.Apply(
        (at, to) =>
        {
            GammaPoints.Fill(at, to, gamma => (gamma.Q, -gamma.Slope, 0));
            if (to.Length > 1) to[2] = -to[2];
        },
        a, x);

    /// <summary>log Q(a, x).</summary>
    public static Tensor LogSurvival(Tensor a, Tensor x) => Elementwise.Apply(
        (at, to) =>
        {
            GammaPoints.Fill(at, to, gamma => (gamma.LogQ, gamma.LogQSlope, gamma.LogQ));
            if (to.Length > 1) to[2] = -to[2];
        },
        a, x);

    /// <summary>The quantile.</summary>
    public static Tensor Icdf(Tensor a, Tensor probability) => Elementwise.Apply((at, to) => GammaPoints.Quantile(at, to, ofLower: true), a, probability);

    /// <summary>The x whose Q(a, x) is given.</summary>
    public static Tensor UpperIcdf(Tensor a, Tensor probability) => Elementwise.Apply((at, to) => GammaPoints.Quantile(at, to, ofLower: false), a, probability);
}
