using Newtonsoft.Json;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The von Mises distribution of an angle. Counterpart of <c>torch.distributions.VonMises</c>, which has no reparameterized sample.
/// Drawn by rejection (Best, Fisher 1979) and reparameterized implicitly in the concentration and by location in Loc. Draws and the CDF use the interval within π of Loc
/// (PyTorch wraps draws to [−π, π)); the density has period 2π. In a mixture, all components are cut at −π instead.
/// </summary>
public sealed class VonMises : Distribution
{
    private const double LargeConcentration = 500, LargestForCosine = 10;

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "VonMises",
        Reparameterization.Implicit,
        Real,
        [new("Loc", Real) { Default = 0, Example = 0.5 }, new("Concentration", Positive) { Example = 2.0 }],
        given => new VonMises(given.Tensor("Loc"), given.Tensor("Concentration")))
    {
        Density = "exp(κ cos(x − Loc)) / (2π I₀(κ)) with κ = Concentration",
        Moments = "circular mean Loc, circular variance 1 − I₁(κ) / I₀(κ)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.VonMises; Best, Fisher 1979, Applied Statistics 28; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
        IsCircular = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mode, an angle in radians.</param>
    /// <param name="concentration">The concentration; positive.</param>
    public VonMises(Tensor loc, Tensor concentration) : base(Definition, [("Loc", loc), ("Concentration", concentration)], []) =>
        (Loc, Concentration) = (loc, concentration);

    /// <summary>The mode.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The concentration.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    // The support is the whole line, because the density is periodic; draws lie within π of Loc.
    internal override bool HasMovingEnds => true;

    // 1 − I₁(κ) / I₀(κ) and log(e^−κ I₀(κ)): at large κ by Hankel's expansions, whose terms do not cancel.
    private (Tensor Decline, Tensor LogBessel) Circle()
    {
        Tensor isLarge = Concentration > LargeConcentration, small = Concentration.masked_fill(isLarge, 1), r = Concentration.masked_fill(~isLarge, LargeConcentration).reciprocal();
        Tensor bessel = special.i0e(small);
        Tensor decline = r * (1.0 / 2 + r * (1.0 / 8 + r * (1.0 / 8 + r * (25.0 / 128 + r * (13.0 / 32)))));
        Tensor log = 0.5 * r.log() - GammaFunctions.HalfLogTwoPi + r * (1.0 / 8 + r * (1.0 / 16 + r * (25.0 / 384 + r * (13.0 / 128))));
        return (TensorChoice.Where(isLarge, decline, 1 - special.i1e(small) / bessel), TensorChoice.Where(isLarge, log, bessel.log()));
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Loc;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Circle().Decline;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy()
    {
        (Tensor decline, Tensor log) = Circle();
        return Math.Log(2 * Math.PI) + log + Concentration * decline;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        if (TensorQuestions.AreSurelyBetween(value, double.MinValue, double.MaxValue)) return LogDensity(value);
        Tensor isInfinite = value.isinf();
        return TensorChoice.Where(isInfinite, double.NegativeInfinity, LogDensity(value.masked_fill(isInfinite, 0)));
    }

    private Tensor LogDensity(Tensor value)
    {
        Tensor logTotal = Math.Log(2 * Math.PI) + Circle().LogBessel;
        // The cosine takes less time, but κ cos x − κ loses the digits of a large κ.
        return TensorQuestions.MayExceed(Concentration, LargestForCosine)
            ? (-2 * Concentration * (0.5 * value - 0.5 * Loc).sin().square()).sub_(logTotal)
            : (Concentration * (value - Loc).cos()).sub_(logTotal + Concentration);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor angle;
        random.NoteImplicit(Concentration);
        using (no_grad()) angle = DrawAngle(shape, random).to(DType);
        return Loc + Elementwise.AttachGradients(
            angle,
            () => angle,
            (at, to) => to[0] = at[0] == 0 ? 0 : Math.Sign(at[0]) * VonMisesCircle.Of(at[1]).Tail(at[0]).SlopePerDensity,
            Concentration);
    }

    // From there on the angle is normal to about 1e-10, and the cosine of an angle has too few digits.
    private const double NarrowConcentration = 1e10;

    // In double precision, because at large concentrations the envelope's parameter rounds to 1 in float32.
    private Tensor DrawAngle(long[] shape, RandomSource random)
    {
        Tensor given = Concentration.to(ScalarType.Float64), isNarrow = given > NarrowConcentration, concentration = given.clamp_max(NarrowConcentration);
        Tensor tau = 1 + (1 + 4 * concentration.square()).sqrt();
        Tensor rho = (tau - (2 * tau).sqrt()) / (2 * concentration);
        Tensor envelope = TensorChoice.Where(concentration < 1e-4, concentration.reciprocal() + concentration, (1 + rho.square()) / (2 * rho));
        Tensor angle = VonMisesAngles.Draw(concentration, envelope, shape, random);
        return TensorQuestions.Any(isNarrow) ? TensorChoice.Where(isNarrow, random.Normal(shape, ScalarType.Float64) / given.sqrt(), angle) : angle;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Elementwise.Apply(CdfAt, value - Loc, Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => Elementwise.Apply(LogCdfAt, value - Loc, Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Elementwise.Apply(CdfAt, Loc - value, Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Elementwise.Apply(LogCdfAt, Loc - value, Concentration);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Loc + Elementwise.Apply(QuantileAt, probability, Concentration);

    /// <summary>The probability of [−π, value] for angles wrapped to [−π, π].</summary>
    internal Tensor WrappedCdf(Tensor value)
    {
        Tensor inside = value.clamp(-Math.PI, Math.PI);
        Tensor cdf = TurnedCdf(inside) - TurnedCdf(full([], -Math.PI, DType, Device));
        return TensorChoice.Where(value >= Math.PI, 1, cdf.masked_fill(value <= -Math.PI, 0));
    }

    // The CDF, continued over several turns of the circle.
    private Tensor TurnedCdf(Tensor value)
    {
        Tensor angle = value - Loc, turns = (angle / (2 * Math.PI)).detach().round();
        return turns + Elementwise.Apply(CdfAt, angle - 2 * Math.PI * turns, Concentration);
    }

    // Beyond the interval of the draws, whose mass Math.PI does not quite reach, probabilities are 0 and 1, and flat.
    private static void CdfAt(ReadOnlySpan<double> at, Span<double> to)
    {
        if (Math.Abs(at[0]) > Math.PI)
        {
            to[0] = at[0] > 0 ? 1 : 0;
            return;
        }
        (double x, VonMisesCircle circle) = (at[0], VonMisesCircle.Of(at[1]));
        (double logTail, double slope, _) = circle.Tail(x);
        double tail = Math.Exp(logTail), density = Math.Exp(circle.LogDensity(x));
        to[0] = x <= 0 ? tail : 1 - tail;
        if (to.Length > 1) (to[1], to[2]) = (density, (x <= 0 ? 1 : -1) * slope * density);
    }

    private static void LogCdfAt(ReadOnlySpan<double> at, Span<double> to)
    {
        if (Math.Abs(at[0]) > Math.PI)
        {
            to[0] = at[0] > 0 ? 0 : double.NegativeInfinity;
            return;
        }
        (double x, VonMisesCircle circle) = (at[0], VonMisesCircle.Of(at[1]));
        (double logTail, double slope, double mass) = circle.Tail(x);
        double log = to[0] = x <= 0 ? logTail : GammaFunctions.Log1p(-Math.Exp(logTail));
        if (to.Length == 1 || double.IsInfinity(log)) return;
        double ratio = x <= 0 ? 1 / mass : Math.Exp(circle.LogDensity(x) - log);
        (to[1], to[2]) = (ratio, (x <= 0 ? 1 : -1) * slope * ratio);
    }

    private static void QuantileAt(ReadOnlySpan<double> at, Span<double> to)
    {
        (double p, VonMisesCircle circle) = (at[0], VonMisesCircle.Of(at[1]));
        double smaller = Math.Min(p, 1 - p);
        double size = double.IsNaN(p) ? p : smaller <= 0 ? Math.PI : smaller == 0.5 ? 0 : -circle.LowerQuantile(Math.Log(smaller));
        double x = to[0] = p < 0.5 ? -size : size;
        if (to.Length > 1) (to[1], to[2]) = (Math.Exp(-circle.LogDensity(x)), Math.Sign(x) * circle.Tail(x).SlopePerDensity);
    }
}
