using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The log-uniform (reciprocal) distribution: log x is uniform. The usual search space of learning rates.
/// Reparameterized by the inverse CDF: z = Low · (High / Low)ᵘ with u uniform on [0, 1).
/// </summary>
public sealed class LogUniform : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LogUniform",
        Reparameterization.InverseCdf,
        BetweenLowAndHigh,
        [new("Low", Positive) { Example = 0.01 }, new("High", PositiveAboveLow) { Example = 10.0 }],
        given => new LogUniform(given.Tensor("Low"), given.Tensor("High")))
    {
        Density = "1 / (x log(High / Low))",
        Moments = "mean (High − Low) / L, variance (High² − Low²) / 2L − mean², with L = log(High / Low)",
        IsLogProbInDouble = true,
        HasMode = true,
        Source = "Hamming 1970, Bell System Technical Journal 49; scipy.stats.loguniform; not a class of PyTorch",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="low">The lower bound; positive.</param>
    /// <param name="high">The upper bound; greater than Low.</param>
    public LogUniform(Tensor low, Tensor high) : base(Definition, [("Low", low), ("High", high)], [])
    {
        (Low, High) = (low, high);
        OrderedBounds.Check(Type.Parameters, low, high);
    }

    /// <summary>The lower bound.</summary>
    [JsonIgnore]
    public Tensor Low { get; }

    /// <summary>The upper bound; greater than Low.</summary>
    [JsonIgnore]
    public Tensor High { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Between(Low, High, Type.Support.Name);

    // By log1p for bounds that are nearly equal; for distant bounds the quotient can overflow.
    private Tensor LogRatio
    {
        get
        {
            Tensor isFar = High > 2 * Low, near = ((TensorChoice.Where(isFar, Low, High) - Low) / Low).log1p();
            return TensorChoice.Where(isFar, High.log() - Low.log(), near);
        }
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => (High - Low) / LogRatio;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => Low;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance()
    {
        // E[x²] / E[x]² − 1 = t coth t − 1 with t = L / 2.
        Tensor half = 0.5 * LogRatio;
        return ComputeMean().square() * half * SmoothQuotients.Langevin(half);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => LogRatio.log() + 0.5 * (Low.log() + High.log());

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => -value.log() - LogRatio.log();

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => Interpolate(random.Uniform(shape, DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Fraction(value, Low);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value)
    {
        Tensor middle = Low.sqrt() * High.sqrt(), isUpper = value > middle;
        return TensorChoice.Where(isUpper, Fraction(TensorChoice.Where(isUpper, value, middle), High).log1p(), Fraction(TensorChoice.Where(isUpper, middle, value), Low).log());
    }

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => -Fraction(value, High);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Interpolate(probability);

    // Multiplies by the root of the ratio twice, because the ratio itself can overflow.
    private Tensor Interpolate(Tensor fraction)
    {
        Tensor exponent = fraction * LogRatio, quantile;
        using (no_grad())
        {
            Tensor root = (0.5 * exponent).exp();
            quantile = Low * root * root;
        }
        // The slopes are the quantile's own times those of its logarithm, since those of the product can overflow.
        Tensor isFar = High > 2 * Low, log = TensorChoice.Where(isFar, (1 - fraction) * Low.log() + fraction * High.log(), Low.log() + exponent);
        return log.requires_grad ? quantile * (log - log.detach()).exp() : quantile;
    }

    // log(value / bound) / L, of values within the bounds.
    private Tensor Fraction(Tensor value, Tensor bound)
    {
        Tensor inside = minimum(maximum(value, Low), High), distance = inside - bound, isClose = TensorChoice.Abs(distance) < 0.5 * bound;
        return TensorChoice.Where(isClose, (TensorChoice.Where(isClose, distance, 0) / bound).log1p(), inside.log() - bound.log()) / LogRatio;
    }
}
