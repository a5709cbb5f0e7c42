using Newtonsoft.Json;
using System.Runtime.CompilerServices;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// A squashed normal distribution on [Low, High]: z = Low + (High − Low) (1 + tanh x) / 2 with x = Loc + Scale · ε. The usual distribution of bounded actions.
/// Reparameterized in all four parameters. The log-density uses x, not 1 − tanh² x, so it keeps its digits where tanh x rounds to ±1.
/// </summary>
public sealed class TanhNormal : Distribution
{
    // A draw that rounds to a bound has lost its x, so it is kept, as managed numbers, as long as the draw's tensor is alive.
    private static readonly ConditionalWeakTable<Tensor, double[]> Drawn = [];

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "TanhNormal",
        Reparameterization.LocationScale,
        BetweenLowAndHigh,
        [
            new("Loc", Real) { Default = 0, Example = 0.5 },
            new("Scale", Positive) { Default = 1, Example = 0.8 },
            new("Low", Finite) { Default = -1, Example = -1.0 },
            new("High", FiniteAboveLow) { Default = 1, Example = 2.0 },
        ],
        given => new TanhNormal(given.Tensor("Loc"), given.Tensor("Scale"), given.Tensor("Low"), given.Tensor("High")))
    {
        Density = "N(x; Loc, Scale²) / |dz/dx| with x = artanh((2z − Low − High) / (High − Low)), log |dz/dx| = log((High − Low) / 2) + 2 (log 2 − x − softplus(−2x))",
        Moments = "no closed form",
        HasMoments = false,
        Source = "Haarnoja, Zhou, Abbeel, Levine 2018, arXiv:1801.01290, appendix C; in PyTorch a TransformedDistribution of a Normal by Tanh and Affine",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The mean of the normal distribution before tanh.</param>
    /// <param name="scale">The standard deviation before tanh; positive.</param>
    /// <param name="low">The lower bound; finite.</param>
    /// <param name="high">The upper bound; finite and greater than <paramref name="low"/>.</param>
    public TanhNormal(Tensor loc, Tensor scale, Tensor low, Tensor high)
        : base(Definition, [("Loc", loc), ("Scale", scale), ("Low", low), ("High", high)], [])
    {
        (Loc, Scale, Low, High) = (loc, scale, low, high);
        OrderedBounds.Check(Type.Parameters, low, high);
    }

    /// <summary>The mean before tanh.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The standard deviation before tanh.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <summary>The lower bound.</summary>
    [JsonIgnore]
    public Tensor Low { get; }

    /// <summary>The upper bound.</summary>
    [JsonIgnore]
    public Tensor High { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Between(Low, High, Type.Support.Name);

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => throw Lacks("closed-form variance");

    // E[log |dz/dx|] has no closed form.
    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() =>
        0.5 + GammaFunctions.HalfLogTwoPi + Scale.log() + ((High - Low) / 2).log() + Elementwise.Apply(TanhNormalPoint.MeanLogSlope, Loc, Scale);

    private Tensor Standardize(Tensor x) => (x - Loc) / Scale;

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        // Each is converted once, because the slopes of every copy round to the type.
        Tensor loc = Loc.to(ScalarType.Float64), scale = Scale.to(ScalarType.Float64), low = Low.to(ScalarType.Float64), high = High.to(ScalarType.Float64), x = Unsquash(value, low, high);
        return (StandardNormal.LogDensity((x - loc) / scale) - scale.log() - ((high - low) / 2).log() - TensorFunctions.LogTanhSlope(x)).to(DType);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor x = addcmul(Loc, random.Normal(shape, DType), Scale, 1), draw = Squash(x);
        if (HostMemory.Holds(draw) && draw.numel() > 0) Drawn.AddOrUpdate(draw, ManagedValues.ToDoubles(x.detach()));
        return draw;
    }

    // From the nearer bound, so that neither the distance from it nor its gradient is rounded away.
    private Tensor Squash(Tensor x) => TensorChoice.Where(x > 0, High - (High - Low) * (-2 * x).sigmoid(), Low + (High - Low) * (2 * x).sigmoid());

    // x in float64: that of the draw if the value is one of ours, otherwise from the distances to both bounds. At a bound itself, of a distance that rounds to it.
    private Tensor Unsquash(Tensor value, Tensor low, Tensor high)
    {
        Tensor z = value.to(ScalarType.Float64);
        if (DrawnFrom(value) is not { } drawn)
        {
            Tensor below = NotNone(z - low, Low, double.PositiveInfinity), above = NotNone(high - z, High, double.NegativeInfinity);
            return 0.5 * (below.log() - above.log());
        }
        if (!is_grad_enabled() || !(value.requires_grad || low.requires_grad || high.requires_grad)) return drawn;
        // x moves with z, and against the bounds.
        Tensor share = (2 * drawn).sigmoid(), other = (-2 * drawn).sigmoid();
        Tensor change = z - z.detach() - (low - low.detach()) * other - (high - high.detach()) * share;
        return drawn + (change + FirstOrder.Guard(change)) / (2 * (high - low) * share * other).detach();
    }

    private static Tensor NotNone(Tensor distance, Tensor bound, double inwards)
    {
        Tensor none = distance <= 0;
        if (!TensorQuestions.Any(none)) return distance;
        Tensor spacing = (bound.detach().nextafter(full_like(bound, inwards)) - bound.detach()).abs().to(ScalarType.Float64);
        return where(none, (spacing / 4).clamp_min(double.Epsilon), distance);
    }

    // A draw may have been changed in place, or belong to other bounds.
    private Tensor? DrawnFrom(Tensor value)
    {
        if (!Drawn.TryGetValue(TensorAlias.Original(value), out double[]? kept)) return null;
        using var noGrad = no_grad();
        Tensor x = tensor(kept, value.shape, device: value.device);
        return Squash(x.to(DType)).equal(value).all().item<bool>() ? x : null;
    }

    // At and beyond the bounds a tail is flat, and the formula's derivatives would be NaN.
    private Tensor Tail(Tensor value, Func<Tensor, Tensor> ofNormal, double atLow, double atHigh)
    {
        Tensor isInside = (value > Low) & (value < High), inside = TensorChoice.Where(isInside, value, (Low + High) / 2);
        Tensor x = 0.5 * ((inside - Low).log() - (High - inside).log());
        Tensor outside = TensorChoice.Where(value <= Low, atLow, value.new_full([], atHigh));
        return TensorChoice.Where(isInside, ofNormal(Standardize(x)), outside);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Tail(value, StandardNormal.Cdf, 0, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => Tail(value, StandardNormal.LogCdf, double.NegativeInfinity, 0);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Tail(value, z => StandardNormal.Cdf(-z), 1, 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => Tail(value, z => StandardNormal.LogCdf(-z), 0, double.NegativeInfinity);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability)
    {
        // At the ends only the bounds matter, and the formula's derivatives would be NaN.
        Tensor isLow = probability == 0, isHigh = probability == 1, inside = Squash(Loc + Scale * special.ndtri(probability.masked_fill(isLow | isHigh, 0.5)));
        return TensorChoice.Where(isLow, Low, TensorChoice.Where(isHigh, High, inside));
    }
}
