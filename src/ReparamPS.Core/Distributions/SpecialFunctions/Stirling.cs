using ReparamPS.Numerics;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>Log-gamma terms in tensor operations, so that log-densities can be differentiated any number of times.</summary>
internal static class Stirling
{
    /// <summary>From this x, the series has full precision.</summary>
    public const double Large = 20;

    // B₂ₙ / (2n (2n − 1)), and the same times −(2n − 1): the series of δ and of its derivative.
    private static readonly double[] Coefficients = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156];

    private static readonly double[] SlopeCoefficients = [.. Coefficients.Select((coefficient, n) => -(2 * n + 1) * coefficient)];

    private static readonly double[] HalfStepSeries = [-1.0 / 4, 1.0 / 96, -1.0 / 320, 17.0 / 7168, -31.0 / 9216];

    /// <summary>Whether any element is so large that differences of log-gammas would cancel.</summary>
    public static bool IsAnyLarge(Tensor x) => !TensorQuestions.HasValues(x) || (x.numel() > 0 && TensorQuestions.MayAny(x >= Large));

    /// <summary>δ(x) = log Γ(x) − ((x − ½) log x − x + ½ log 2π) for x > 0.</summary>
    public static Tensor Remainder(Tensor x)
    {
        Tensor isLarge = x >= Large, small = x.clamp_max(Large), large = x.clamp_min(Large);
        Tensor direct = small.lgamma() - (small - 0.5) * small.log() + small - GammaFunctions.HalfLogTwoPi;
        return TensorChoice.Where(isLarge, Series(Coefficients, large) / large, direct);
    }

    /// <summary>δ′(x) = ψ(x) − log x + 1 / 2x for x > 0.</summary>
    public static Tensor RemainderSlope(Tensor x)
    {
        Tensor isLarge = x >= Large, small = x.clamp_max(Large), large = x.clamp_min(Large);
        // By ψ(1 + x) near 0, where ψ(x) + 1 / 2x has a slope of ∞ − ∞.
        Tensor isTiny = small < 0.5, shifted = TensorChoice.Where(isTiny, 1 + small, small).digamma(), half = 0.5 / small;
        Tensor direct = shifted - small.log() + TensorChoice.Where(isTiny, -half, half);
        return TensorChoice.Where(isLarge, Series(SlopeCoefficients, large) / large.square(), direct);
    }

    /// <summary>δ′(x) + 1 / 2x = ψ(1 + x) − log x, whose slope near 0 is −1 / x, for x > 0.</summary>
    public static Tensor ShiftedSlope(Tensor x)
    {
        Tensor small = x.clamp_max(Large), large = x.clamp_min(Large), half = 0.5 / large;
        return TensorChoice.Where(x >= Large, Series(SlopeCoefficients, large) / large.square() + half, DigammaOfNext(small) - small.log());
    }

    // ψ(1 + x): from ½ on as ψ(x) + 1 / x, whose slope in libtorch has the rounding that PyTorch's has.
    private static Tensor DigammaOfNext(Tensor x)
    {
        Tensor isTiny = x < 0.5;
        return TensorChoice.Where(isTiny, 1 + x, x).digamma() + x.masked_fill(isTiny, double.PositiveInfinity).reciprocal();
    }

    /// <summary>log Γ(x) + (k − x) ψ(1 + x) + x for x > 0: a part of the entropy of k weights whose concentrations sum to x, without k / x.</summary>
    public static Tensor EntropyPart(double k, Tensor x)
    {
        Tensor isLarge = x >= Large, small = x.clamp_max(Large), large = x.clamp_min(Large);
        Tensor scaled = (k - 0.5) * large.log() + GammaFunctions.HalfLogTwoPi + Remainder(large) + (k - large) * ShiftedSlope(large);
        return TensorChoice.Where(isLarge, scaled, small.lgamma() + (k - small) * DigammaOfNext(small) + small);
    }

    /// <summary>x δ′(x), which is −½ at 0, for x > 0.</summary>
    public static Tensor TimesRemainderSlope(Tensor x)
    {
        Tensor isTiny = x < 0.5;
        return TensorChoice.Where(isTiny, x * ShiftedSlope(x) - 0.5, x * RemainderSlope(x.masked_fill(isTiny, 1)));
    }

    /// <summary>log Γ(b) − log Γ(a) − (b − a) ψ(a), without the part a ((1 + v) log(1 + v) − v) with v = (b − a) / a, which would cancel at large parameters.</summary>
    public static Tensor DivergenceRest(Tensor a, Tensor b) =>
        -0.5 * Deficit.OfRatio(b, a) + Remainder(b) - Remainder(a) - (b - a) * RemainderSlope(a);

    /// <summary>log Γ(x + step) − log Γ(x) for a non-negative step, with full relative precision for small steps.</summary>
    public static Tensor LogGammaStep(Tensor x, Tensor step)
    {
        // Γ(x + n) by its recurrence, up to the range of the series.
        Tensor start = x + Large, end = start + step;
        Tensor series = (start - 0.5) * (step / start).log1p() + step * (end.log() - 1) + Remainder(end) - Remainder(start);
        return series - Shifts(x, shifted => (step / shifted).log1p());
    }

    /// <summary>ψ(x + step) − ψ(x) for a non-negative step, with full relative precision for small steps.</summary>
    public static Tensor DigammaStep(Tensor x, Tensor step)
    {
        Tensor start = x + Large, end = start + step, r = start.square().reciprocal(), q = end.square().reciprocal(), fall = step * (start + end) * r * q;
        Tensor series = (step / start).log1p() + 0.5 * step / (start * end) + fall * (1.0 / 12 - (r + q) / 120 + (r.square() + r * q + q.square()) / 252);
        return series + Shifts(x, shifted => step / (shifted * (shifted + step)));
    }

    /// <summary>ψ′(x) − ψ′(x + step) for a non-negative step, with full relative precision for small steps.</summary>
    public static Tensor TrigammaStep(Tensor x, Tensor step)
    {
        Tensor start = x + Large, end = start + step;
        return start.polygamma(1) - end.polygamma(1) + Shifts(x, shifted => step * (2 * shifted + step) / (shifted * (shifted + step)).square());
    }

    private static Tensor Shifts(Tensor x, Func<Tensor, Tensor> term)
    {
        Tensor sum = term(x);
        for (int n = 1; n < Large; n++) sum = sum + term(x + n);
        return sum;
    }

    /// <summary>log Γ(x + ½) − log Γ(x).</summary>
    public static Tensor LogGammaHalfStep(Tensor x)
    {
        Tensor large = x.clamp_min(Large), direct = (x + 0.5).lgamma() - x.lgamma();
        Tensor scaled = large * Deficit.Log1pMinus(0.5 / large) + 0.5 * large.log() + Remainder(large + 0.5) - Remainder(large);
        return TensorChoice.Where(x >= Large, scaled, direct);
    }

    /// <summary>ψ(x + ½) − ψ(x).</summary>
    public static Tensor DigammaHalfStep(Tensor x)
    {
        Tensor large = x.clamp_min(Large), direct = (x + 0.5).digamma() - x.digamma(), r = large.square().reciprocal();
        Tensor series = 0.5 / large + r * (1.0 / 8 + r * (-1.0 / 64 + r * (1.0 / 128 + r * (-17.0 / 2048 + r * (31.0 / 2048)))));
        return TensorChoice.Where(x >= Large, series, direct);
    }

    /// <summary>log(E[√Y]² / E[Y]) of a Y ~ Beta(b, step), which is close to 0 for a large b: by the series of 2 (log Γ(x + ½) − log Γ(x)) − log x in odd powers of 1 / x.</summary>
    public static Tensor MeanRootDeficit(Tensor b, Tensor step)
    {
        Tensor t = b + step, isLarge = b >= Large, small = b.clamp_max(Large), start = TensorChoice.Where(isLarge, b, Large), end = TensorChoice.Where(isLarge, t, 2 * Large);
        Tensor other = TensorChoice.Where(isLarge, 2 * Large, t), direct = 2 * (LogGammaHalfStep(small) - LogGammaHalfStep(other)) - small.log() + other.log();
        Tensor u = start.reciprocal(), w = end.reciprocal(), power = w, quotient = ones_like(u), sum = quotient * HalfStepSeries[0];
        // uⁿ − wⁿ over u − w, for n = 1, 3, 5, …
        for (int i = 1; i < HalfStepSeries.Length; i++)
        {
            quotient = u * quotient + power;
            power *= w;
            quotient = u * quotient + power;
            power *= w;
            sum += quotient * HalfStepSeries[i];
        }
        return TensorChoice.Where(isLarge, step * u * w * sum, direct);
    }

    /// <summary>a log x − log y − x − log Γ(a) for x > 0, without the cancellation of its terms at large a.</summary>
    public static Tensor LogGammaKernel(Tensor a, Tensor logX, Tensor x, Tensor logY)
    {
        if (!IsAnyLarge(a)) return a * logX - logY - x - a.lgamma();
        Tensor isLarge = a >= Large, small = a.clamp_max(Large), large = a.clamp_min(Large);
        Tensor scaled = Deficit.TimesOfRatio(x, large, logX) - logY + 0.5 * large.log() - GammaFunctions.HalfLogTwoPi - Remainder(large);
        return TensorChoice.Where(isLarge, scaled, small * logX - logY - x - small.lgamma());
    }

    // A polynomial in 1 / x².
    private static Tensor Series(double[] coefficients, Tensor x)
    {
        Tensor square = x.square().reciprocal(), sum = square * coefficients[^1];
        for (int i = coefficients.Length - 2; i > 0; i--) sum = (sum + coefficients[i]) * square;
        return sum + coefficients[0];
    }
}
