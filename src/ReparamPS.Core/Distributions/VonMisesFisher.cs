using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Numerics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The von Mises–Fisher distribution on the unit sphere in d dimensions, d at least 2. Implicitly reparameterized in the concentration: the height along the mean direction
/// is moved by −(∂F/∂κ) / p of its own one-dimensional distribution, which holds for the accepted draws of the rejection sampler (differentiating through the sampler would be biased);
/// in the mean direction by a reflection.
/// </summary>
public sealed class VonMisesFisher : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "VonMisesFisher",
        Reparameterization.Implicit,
        UnitVector,
        [
            new("MeanDirection", NonZeroVector) { Example = new[] { 0.6, 0.0, 0.8 } },
            new("Concentration", Positive) { Example = 2.0 },
        ],
        given => new VonMisesFisher(given.Tensor("MeanDirection"), given.Tensor("Concentration")))
    {
        Density = "κ^(d/2−1) exp(κ μᵀx) / ((2π)^(d/2) I_(d/2−1)(κ)), μ = MeanDirection / |MeanDirection|, κ = Concentration",
        Moments = "mean A μ, variance (A/κ) (1 − μ_i²) + (1 − A² − (d − 1) A/κ) μ_i², A = I_(d/2)(κ) / I_(d/2−1)(κ)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "Wood 1994, Comm. Statistics 23; Ulrich 1984; Figurnov, Mohamed, Mnih 2018, arXiv:1805.08498; Davidson et al. 2018, arXiv:1804.00891",
        HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="meanDirection">The direction around which draws concentrate; its length is ignored.</param>
    /// <param name="concentration">How closely draws concentrate; positive.</param>
    public VonMisesFisher(Tensor meanDirection, Tensor concentration)
        : base(Definition, [("MeanDirection", meanDirection), ("Concentration", concentration)], ParameterChecks.VectorShape(meanDirection))
    {
        if (EventShape[0] < 2) throw new ShapeMismatchException($"MeanDirection must have at least 2 elements; got {EventShape[0]}.", "MeanDirection");
        (MeanDirection, Concentration) = (meanDirection, concentration);
    }

    /// <summary>The direction around which draws concentrate, as given.</summary>
    [JsonIgnore]
    public Tensor MeanDirection { get; }

    /// <summary>How closely draws concentrate.</summary>
    [JsonIgnore]
    public Tensor Concentration { get; }

    private const long ManyConcentrations = 64;

    private long Dimension => EventShape[0];

    // Quadrature by managed code is faster for few concentrations, and would wait for a device.
    private bool IsInBulk => TensorQuestions.HasValues(Concentration) && (!HostMemory.Holds(Concentration) || Concentration.numel() >= ManyConcentrations);

    private SphereHeights Heights => new(Dimension, Concentration.detach().to(ScalarType.Float64));

    /// <summary>The mean direction, of length 1.</summary>
    internal Tensor Unit
    {
        get
        {
            // The largest element becomes 1, so that no square overflows or vanishes. The length does not matter, so neither does the slope of this factor.
            Tensor direction = MeanDirection / TensorChoice.Abs(MeanDirection.detach()).amax([-1], keepdim: true);
            return direction / direction.square().sum(-1, keepdim: true).sqrt();
        }
    }

    // Each of these is the derivative of the one before, except for the sign.
    /// <summary>The logarithm of the integral of exp(κ (cos s − 1)) over the angle.</summary>
    internal Tensor LogNormalizer()
    {
        if (!IsInBulk) return OfAngle(angle => (angle.LogNormalizer, -angle.MeanHeight));
        (Tensor log, Tensor mean) = Heights.Normalizer();
        log = log.to(DType);
        return is_grad_enabled() && Concentration.requires_grad ? Elementwise.Attach(log, [-mean], [Concentration]) : log;
    }

    /// <summary>The mean of 1 − cos s.</summary>
    internal Tensor MeanHeight() => OfAngle(angle => (angle.MeanHeight, -angle.HeightVariance));

    /// <summary>The variance across the mean direction.</summary>
    internal Tensor Across() => OfAngle(angle => angle.MeanCosinePerConcentration);

    private Tensor HeightVariance() => OfAngle(angle => (angle.HeightVariance, -angle.HeightThirdMoment));

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => (Concentration * Across()).unsqueeze(-1) * Unit;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Unit;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        Tensor square = Unit.square();
        return Across().unsqueeze(-1) * (1 - square) + HeightVariance().unsqueeze(-1) * square;
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Concentration * MeanHeight() + LogNormalizer() + LogCrossSection;

    // The surface of the sphere in one dimension less, over which the density of the angle is spread.
    private double LogCrossSection => Math.Log(2) + 0.5 * (Dimension - 1) * Math.Log(Math.PI) - GammaFunctions.LogGamma((Dimension - 1) / 2.0);

    // κ (μᵀx − 1) as −κ |x − μ|² / 2, which keeps its digits near the mean direction.
    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => -0.5 * Concentration * (value - Unit).square().sum(-1) - LogNormalizer() - LogCrossSection;

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random)
    {
        Tensor height = Dimension == 3 ? SphereHeight(shape[..^1], random) : RejectedHeight(shape[..^1], random);
        return At(height, random.Normal([.. shape[..^1], shape[^1] - 1], DType));
    }

    /// <summary>Vectors at heights 1 − cos s, in a direction across the mean direction that standard normal numbers tell.</summary>
    internal Tensor At(Tensor height, Tensor tangent)
    {
        tangent = tangent / tangent.square().sum(-1, keepdim: true).sqrt() * (height * (2 - height)).clamp(min: TorchTypes.Tiny(DType)).sqrt().unsqueeze(-1);
        return Reflected(cat([(1 - height).unsqueeze(-1), tangent], -1));
    }

    /// <summary>Heights drawn without gradients, in float64, with the implicit gradient in the concentration.</summary>
    internal Tensor WithSlope(Tensor height)
    {
        Tensor draw = height.to(DType);
        if (IsInBulk)
        {
            if (!is_grad_enabled() || !Concentration.requires_grad) return draw;
            SphereHeights heights = Heights;
            return Elementwise.Attach(draw, [heights.Slope(height, heights.Normalizer().Mean)], [Concentration]);
        }
        double dimension = Dimension;
        return Elementwise.AttachGradients(draw, () => height, (at, to) => to[0] = PolarAngle.Of(dimension, at[1]).HeightSlope(at[0]), Concentration);
    }

    // In three dimensions the CDF has an inverse: 1 − cos s = −log(1 − u (1 − e^(−2κ))) / κ.
    private Tensor SphereHeight(long[] shape, RandomSource random) =>
        (-(random.Uniform(shape, DType) * (-2 * Concentration).expm1()).log1p() / Concentration).clamp(0, 2);

    private Tensor RejectedHeight(long[] shape, RandomSource random)
    {
        Tensor height;
        random.NoteImplicit(Concentration);
        using (no_grad()) height = WoodHeight(Concentration.expand(shape).to(ScalarType.Float64), random);
        return WithSlope(height);
    }

    // Wood's rejection sampler from Ulrich's envelope, in terms of 1 − cos s so that high concentrations keep their digits.
    private Tensor WoodHeight(Tensor concentration, RandomSource random)
    {
        if (!TensorQuestions.HasValues(concentration)) return concentration;
        double rest = Dimension - 1;
        Tensor result = zeros_like(concentration).flatten(), open = arange(result.numel(), ScalarType.Int64, Device);
        Tensor kappa = concentration.flatten();
        while (open.numel() > 0)
        {
            using var round = NewDisposeScope();
            Tensor k = kappa.index_select(0, open);
            Tensor shape = full([open.numel(), 2], rest / 2, ScalarType.Float64, Device);
            Tensor gammas = random.StandardGamma(shape).clamp_(min: TorchTypes.Tiny(ScalarType.Float64));
            (Tensor height, Tensor score) = Candidate(k, gammas.select(-1, 0), gammas.select(-1, 1));
            Tensor accepted = score >= random.OpenUniform([open.numel()], ScalarType.Float64).log();
            result.index_copy_(0, open, height);
            open = open.masked_select(~accepted).MoveToOuterDisposeScope();
        }
        return result.reshape(concentration.shape).clamp(0, 2);
    }

    /// <summary>
    /// A height proposed from two Gamma((d − 1) / 2, 1) draws, which Wood's method accepts if log u for a uniform u is at most the score.
    /// </summary>
    internal (Tensor Height, Tensor Score) Candidate(Tensor k, Tensor first, Tensor second)
    {
        double rest = Dimension - 1;
        Tensor b = rest / (2 * k + (4 * k.square() + rest * rest).sqrt());
        // With Z = first / (first + second): 1 − cos s = 2 b Z / (1 − (1 − b) Z).
        Tensor height = 2 * b * first / (second + b * first);
        Tensor x0 = (1 - b) / (1 + b), h0 = 2 * b / (1 + b);
        // κ (w − x₀) + (d − 1) log((1 − x₀ w) / (1 − x₀²)) against log u.
        return (height, k * (h0 - height) + rest * ((h0 + x0 * height) / (h0 * (1 + x0))).log());
    }

    // The Householder reflection that maps the first axis to the mean direction. Two reflections do so up to a sign; this one divides by the larger number.
    private Tensor Reflected(Tensor vectors)
    {
        Tensor mean = Unit;
        Tensor sign = TensorChoice.Where(mean.narrow(-1, 0, 1) > 0, -1.0, ones([], DType, Device));
        Tensor axis = zeros([Dimension], DType, Device);
        axis[0] = ones([], DType, Device);
        Tensor normal = axis - sign * mean;
        Tensor along = (vectors * normal).sum(-1, keepdim: true) / normal.square().sum(-1, keepdim: true);
        return sign * (vectors - 2 * along * normal);
    }

    private Tensor OfAngle(Func<PolarAngle, (double Value, double Slope)> read)
    {
        double dimension = Dimension;
        return Elementwise.Apply(
            (at, to) =>
            {
                (to[0], double slope) = read(PolarAngle.Of(dimension, at[0]));
                if (to.Length > 1) to[1] = slope;
            },
            Concentration);
    }
}
