using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.SpecialFunctions;

/// <summary>The Gamma(a, 1) distribution's functions over tensors, for the distributions that are built on gammas.</summary>
internal static class GammaMath
{
    /// <summary>A table of slopes pays off for this many draws of the same parameters.</summary>
    public const long ManyDraws = 20_000;

    /// <summary>Gamma(a, rate) draws of a shape, kept above zero as in PyTorch.</summary>
    public static Tensor Draw(Tensor concentration, Tensor rate, long[] shape, RandomSource random)
    {
        Tensor draw = StandardDraw(concentration, shape, random) / rate;
        using (no_grad()) draw.detach().clamp_min_(TorchTypes.Tiny(draw.dtype));
        return draw;
    }

    /// <summary>Gamma(a, 1) draws of a shape, with the implicit gradient in the concentration.</summary>
    public static Tensor StandardDraw(Tensor concentration, long[] shape, RandomSource random)
    {
        Tensor draw;
        using (no_grad()) draw = random.StandardGamma(concentration.expand(shape));
        return TableFor(draw, concentration) is { } table
            ? Elementwise.AttachGradients(draw, () => draw, (at, to) => to[0] = at[0] * table.At(Math.Log(at[0])), concentration)
            : WithSlope(draw, concentration);
    }

    private static SlopeTable? TableFor(Tensor draw, Tensor concentration)
    {
        bool isShared = is_grad_enabled() && concentration.requires_grad && concentration.numel() == 1 && draw.numel() >= ManyDraws && TensorQuestions.HasValues(draw);
        return isShared ? GammaDrawSlope.TableOf(ManagedValues.ToDoubles(concentration.detach())[0]) : null;
    }

    /// <summary>
    /// z = rate / x of Gamma(a, 1) draws x of a shape, kept finite. The slope in a is −z · d log x / da, whose factors meet a gradient one after another: 1 / x² can overflow.
    /// </summary>
    public static Tensor InverseDraw(Tensor concentration, Tensor rate, long[] shape, RandomSource random)
    {
        Tensor gamma, draw;
        using (no_grad())
        {
            // Not the inverse of a gamma with that rate, which can leave the range of the type although the result does not.
            gamma = random.StandardGamma(concentration.expand(shape));
            gamma.clamp_min_(TorchTypes.Tiny(gamma.dtype));
            draw = rate / gamma;
            draw.clamp_max_(TorchTypes.Largest(draw.dtype));
        }
        if (!is_grad_enabled()) return draw;
        Tensor result = rate.requires_grad ? draw * (1 + TensorFunctions.WithoutNaN(rate - rate.detach()) / rate.detach()) : draw;
        if (!concentration.requires_grad) return result;
        Tensor zero = TensorFunctions.WithoutNaN(concentration - concentration.detach());
        // Outside of the product, so that a slope that overflows does not meet the guard's 0.
        return result * (1 - LogSlopes(gamma, concentration).to(gamma.dtype) * zero) + FirstOrder.Guard(zero);
    }

    // d log x / da.
    private static Tensor LogSlopes(Tensor gamma, Tensor concentration)
    {
        if (TableFor(gamma, concentration) is { } table) return Elementwise.Map((at, to) => to[0] = table.At(Math.Log(at[0])), 1, 0, gamma)[0];
        if (HostMemory.Holds(gamma) || !TensorQuestions.HasValues(gamma)) return Elementwise.Map(FillLog, gamma, concentration.detach());
        Tensor x = gamma.to(ScalarType.Float64);
        return ImplicitSlopes.Gamma(concentration.detach().to(ScalarType.Float64).expand(gamma.shape), x) / x;
    }

    private static void FillLog(ReadOnlySpan<double> x, ReadOnlySpan<double> a, Span<double> slopes)
    {
        GammaDrawSlopes.Fill(x, a, slopes);
        for (int i = 0; i < slopes.Length; i++) slopes[i] /= x[i];
    }

    /// <summary>Gamma(a, 1) draws with the implicit gradient in the concentration. It does not wait for the draws' device.</summary>
    public static Tensor WithSlope(Tensor draw, Tensor concentration)
    {
        if (HostMemory.Holds(draw) || !TensorQuestions.HasValues(draw)) return Elementwise.AttachGradients(draw, GammaDrawSlopes.Fill, concentration);
        if (!is_grad_enabled() || !concentration.requires_grad) return draw;
        Tensor x = draw.detach().to(ScalarType.Float64), a = concentration.detach().to(ScalarType.Float64).expand(draw.shape);
        return Elementwise.Attach(draw.detach(), [ImplicitSlopes.Gamma(a, x)], [concentration]);
    }

    /// <summary>The log-density at a value of a Gamma with a rate.</summary>
    public static Tensor LogDensity(Tensor a, Tensor rate, Tensor value)
    {
        // At zero a multiple of log 0 determines the result; for a = 1 the multiple is 0. At infinity the density is 0.
        if (TensorQuestions.AreSurelyBetween(value, double.Epsilon, double.MaxValue)) return Inside(value);
        Tensor isInside = (value > 0) & (value < double.PositiveInfinity);
        // There, an exponential keeps the slopes of the other terms.
        Tensor isExponential = (value == 0) & (a == 1), shape = TensorChoice.Where(isExponential, a, 1);
        Tensor exponential = shape * rate.log() - shape.lgamma() - rate * TensorChoice.Where(isExponential, value, 0);
        Tensor zero = TensorChoice.Where(a < 1, double.PositiveInfinity, TensorChoice.Where(a > 1, double.NegativeInfinity, exponential));
        Tensor edge = TensorChoice.Where(value > 0, double.NegativeInfinity, zero);
        return TensorChoice.Where(isInside, Inside(TensorChoice.Where(isInside, value, 1)), edge);

        Tensor Inside(Tensor value)
        {
            Tensor log = value.log();
            return Stirling.LogGammaKernel(a, log + rate.log(), value * rate, log);
        }
    }

    /// <summary>The logarithm of a Poisson mass. At a rate of 0, only 0 has mass, and this mass keeps its derivative; that of the others is infinite.</summary>
    public static Tensor LogMass(Tensor count, Tensor rate)
    {
        Tensor isNone = rate == 0;
        if (TensorQuestions.HasValues(rate) && !TensorQuestions.MayAny(isNone)) return Inside(rate);
        Tensor none = (-rate).masked_fill(~isNone, 0) + TensorChoice.Where(count == 0, 0.0, count.new_full([], double.NegativeInfinity));
        return LogProducts.InfiniteSlope(TensorChoice.Where(isNone, none, Inside(rate.masked_fill(isNone, 1))), rate, isNone & (count > 0));

        Tensor Inside(Tensor rate)
        {
            Tensor log = rate.log();
            return Stirling.LogGammaKernel(count + 1, log, rate, log);
        }
    }

    /// <summary>The entropy.</summary>
    public static Tensor Entropy(Tensor a) =>
        // a + log Γ(a) + (1 − a) ψ(a), without the multiples of a log a that cancel.
        0.5 * a.log() + GammaFunctions.HalfLogTwoPi + 0.5 - 0.5 / a + Stirling.Remainder(a) + (1 - a) * Stirling.RemainderSlope(a);

    /// <summary>P(a, x).</summary>
    public static Tensor Cdf(Tensor a, Tensor x) => Elementwise.Apply((at, to) => GammaPoints.Fill(at, to, gamma => (gamma.P, gamma.Slope, gamma.Density)), a, x);

    /// <summary>log P(a, x).</summary>
    public static Tensor LogCdf(Tensor a, Tensor x) => Elementwise.Apply((at, to) => GammaPoints.Fill(at, to, gamma => (gamma.LogP, gamma.LogPSlope, gamma.DensityPerP)), a, x);

    /// <summary>Q(a, x) = 1 − P(a, x).</summary>
    public static Tensor Survival(Tensor a, Tensor x) => Elementwise.Apply(
        (at, to) =>
        {
            GammaPoints.Fill(at, to, gamma => (gamma.Q, -gamma.Slope, gamma.Density));
            if (to.Length > 1) to[2] = -to[2];
        },
        a, x);

    /// <summary>log Q(a, x).</summary>
    public static Tensor LogSurvival(Tensor a, Tensor x) => Elementwise.Apply(
        (at, to) =>
        {
            GammaPoints.Fill(at, to, gamma => (gamma.LogQ, gamma.LogQSlope, gamma.DensityPerQ));
            if (to.Length > 1) to[2] = -to[2];
        },
        a, x);

    /// <summary>The quantile.</summary>
    public static Tensor Icdf(Tensor a, Tensor probability) => Elementwise.Apply((at, to) => GammaPoints.Quantile(at, to, ofLower: true), a, probability);

    /// <summary>The x that has the given Q(a, x).</summary>
    public static Tensor UpperIcdf(Tensor a, Tensor probability) => Elementwise.Apply((at, to) => GammaPoints.Quantile(at, to, ofLower: false), a, probability);
}
