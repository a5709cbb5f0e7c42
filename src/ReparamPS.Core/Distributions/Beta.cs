using Newtonsoft.Json;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The beta distribution on [0, 1]. Counterpart of <c>torch.distributions.Beta</c>.
/// Reparameterized implicitly in both concentrations; drawn in logarithms if a gamma draw underflows, so that small concentrations keep
/// their gradients.
/// </summary>
public sealed class Beta : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Beta",
        Reparameterization.Implicit,
        UnitInterval,
        [new("Concentration1", Positive) { Example = 2.0 }, new("Concentration0", Positive) { Example = 3.0 }],
        given => new Beta(given.Tensor("Concentration1"), given.Tensor("Concentration0")))
    {
        Density = "xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b) with a = Concentration1, b = Concentration0",
        Moments = "mean a / (a + b), variance a b / ((a + b)² (a + b + 1))",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "torch.distributions.Beta; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498; Jankowiak, Obermeyer 2018, arXiv:1806.01851",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="concentration1">The exponent of x, plus one; positive.</param>
    /// <param name="concentration0">The exponent of 1 − x, plus one; positive.</param>
    public Beta(Tensor concentration1, Tensor concentration0)
        : base(Definition, [("Concentration1", concentration1), ("Concentration0", concentration0)], []) =>
        (Concentration1, Concentration0) = (concentration1, concentration0);

    /// <summary>The exponent of x, plus one.</summary>
    [JsonIgnore]
    public Tensor Concentration1 { get; }

    /// <summary>The exponent of 1 − x, plus one.</summary>
    [JsonIgnore]
    public Tensor Concentration0 { get; }

    private Tensor Total => Concentration1 + Concentration0;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Concentration1 / Total;

    /// <inheritdoc/>
    protected override Tensor ComputeMode()
    {
        // An end where one parameter is at most 1; both ends, or every value, where both are.
        Tensor isRising = Concentration1 > 1, isFalling = Concentration0 > 1, inner = (Concentration1 - 1) / TensorChoice.Where(isRising & isFalling, Total - 2, 1);
        Tensor end = TensorChoice.Where(isRising, 1.0, TensorChoice.Where(isFalling, 0.0, full_like(inner, double.NaN)));
        return TensorChoice.Where(isRising & isFalling, inner, end);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Concentration1 / Total * (Concentration0 / Total) / (Total + 1);

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => BetaMath.Entropy(stack(broadcast_tensors(Concentration1, Concentration0), -1));

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        if (!Stirling.IsAnyLarge(maximum(Concentration1, Concentration0)))
            return LogProducts.Power(Concentration1 - 1, value) + LogProducts.PowerOfRest(Concentration0 - 1, -value) - BetaMath.LogBeta(Concentration1, Concentration0);
        Tensor isInside = (value > 0) & (value < 1), x = value.masked_fill(~isInside, 0.5), logX = x.log(), logY = (-x).log1p();
        Tensor inside = BetaMath.LogKernel(Concentration1, Concentration0, logX, logY, Concentration0 * x - Concentration1 * (1 - x)) - logX - logY;
        Tensor power = TensorChoice.Where(value > 0.5, Concentration0, Concentration1) - 1;
        Tensor edge = TensorChoice.Where(power == 0, -BetaMath.LogBeta(Concentration1, Concentration0), -double.PositiveInfinity * power.sign());
        return TensorChoice.Where(isInside, inside, edge);
    }

    // As in PyTorch, draws are made in double precision for every type and kept away from 0 and 1, where the density can have poles.
    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor draw;
        GammaPair gammas;
        using (no_grad())
        {
            Tensor concentrations = stack([Concentration1.expand(shape), Concentration0.expand(shape)], -1).to(ScalarType.Float64);
            Tensor both = random.StandardGamma(concentrations);
            gammas = new GammaPair(both.select(-1, 0), concentrations.select(-1, 0), both.select(-1, 1), concentrations.select(-1, 1), random);
            draw = gammas.Fraction.to(DType).clamp_(TorchTypes.Tiny(DType), 1 - TorchTypes.Epsilon(DType) / 2);
        }
        return WithSlopes(draw, () => gammas.LogOdds);
    }

    /// <summary>Draws with their implicit gradients. On a device other than the CPU it does not wait for it.</summary>
    /// <param name="draw">The draws.</param>
    /// <param name="logOdds">Their log-odds, in float64.</param>
    internal Tensor WithSlopes(Tensor draw, Func<Tensor> logOdds)
    {
        if (!is_grad_enabled() || !(Concentration1.requires_grad || Concentration0.requires_grad)) return draw;
        double tiny = TorchTypes.Tiny(DType);
        if (TensorQuestions.HasValues(draw) && !HostMemory.Holds(draw))
        {
            using var noGrad = no_grad();
            Tensor at = logOdds(), scale = (at.sigmoid() * (-at).sigmoid()).clamp_min(tiny);
            (Tensor slope1, Tensor slope0) = ImplicitSlopes.Beta(at, Concentration1.to(ScalarType.Float64).expand(at.shape), Concentration0.to(ScalarType.Float64).expand(at.shape));
            using var grad = enable_grad();
            return Elementwise.Attach(draw.detach(), [scale * slope1, scale * slope0], [Concentration1, Concentration0]);
        }
        (SlopeTable First, SlopeTable Second)? tables = SlopeTables(draw);
        return Elementwise.AttachGradients(
            draw,
            logOdds,
            (at, to) =>
            {
                (double slope1, double slope0) = tables is { } both ? (both.First.At(at[0]), both.Second.At(at[0])) : BetaOdds.Slopes(at[0], at[1], at[2]);
                double small = Math.Exp(-Math.Abs(at[0])), scale = Math.Max(small / ((1 + small) * (1 + small)), tiny);
                (to[0], to[1]) = (scale * slope1, scale * slope0);
            },
            Concentration1, Concentration0);
    }

    private (SlopeTable First, SlopeTable Second)? SlopeTables(Tensor draw)
    {
        bool isWanted = draw.numel() >= GammaMath.ManyDraws && TensorQuestions.HasValues(draw);
        if (!isWanted || Concentration1.numel() != 1 || Concentration0.numel() != 1) return null;
        return BetaOdds.SlopeTables(ManagedValues.ToDoubles(Concentration1)[0], ManagedValues.ToDoubles(Concentration0)[0]);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Evaluate(value, beta => (beta.Lower, 1, 0));

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => Evaluate(value, beta => (beta.LogLower, 1, beta.LogLower));

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Evaluate(value, beta => (beta.Upper, -1, 0));

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Evaluate(value, beta => (beta.LogUpper, -1, beta.LogUpper));

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Elementwise.Apply(
        (at, to) =>
        {
            (double p, double a, double b) = (at[0], at[1], at[2]);
            double logOdds = BetaOdds.Quantile(a, b, p);
            UnitPoint point = UnitPoint.OfLogit(logOdds);
            to[0] = point.X;
            double inside = point.X * point.Y;
            if (to.Length == 1 || inside == 0 || double.IsNaN(inside)) return;
            to[1] = inside * Math.Exp(-IncompleteBeta.LogLogitDensity(a, b, point));
            (double slopeA, double slopeB) = BetaOdds.Slopes(logOdds, a, b);
            (to[2], to[3]) = (inside * slopeA, inside * slopeB);
        },
        probability, Concentration1, Concentration0);

    private Tensor Evaluate(Tensor value, BetaReading read) => Elementwise.Apply(
        (at, to) =>
        {
            (double x, double a, double b) = (at[0], at[1], at[2]);
            UnitPoint point = UnitPoint.OfX(double.IsNaN(x) ? x : Math.Clamp(x, 0, 1));
            IncompleteBeta beta = IncompleteBeta.Evaluate(a, b, point);
            (to[0], int sign, double logScale) = read(beta);
            if (to.Length == 1 || !(x > 0 && x < 1)) return;
            to[1] = sign * beta.LogitDensity(logScale) / point.X / point.Y;
            (double slopeA, double slopeB) = beta.Slopes(logScale);
            (to[2], to[3]) = (sign * slopeA, sign * slopeB);
        },
        value, Concentration1, Concentration0);
}
