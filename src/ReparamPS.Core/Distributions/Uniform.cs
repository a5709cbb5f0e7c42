using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Bounds;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The uniform distribution on [Low, High]. Counterpart of <c>torch.distributions.Uniform</c>.
/// Reparameterized by location and scale: z = Low + (High − Low) · u with u uniform on [0, 1).
/// </summary>
public sealed class Uniform : Distribution
{
    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "Uniform",
        Reparameterization.LocationScale,
        BetweenLowAndHigh,
        [new("Low", Real) { Default = 0, Example = -1.0 }, new("High", AboveLow) { Default = 1, Example = 2.0 }],
        given => new Uniform(given.Tensor("Low"), given.Tensor("High")))
    {
        Density = "1 / (High − Low)",
        Moments = "mean (Low + High) / 2, variance (High − Low)² / 12",
        Source = "torch.distributions.Uniform",
        HasCdf = true, HasQuantile = true, HasEntropy = true,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="low">The lower bound.</param>
    /// <param name="high">The upper bound; greater than Low.</param>
    public Uniform(Tensor low, Tensor high) : base(Definition, [("Low", low), ("High", high)], [])
    {
        (Low, High) = (low, high);
        OrderedBounds.Check(Type.Parameters, low, high);
    }

    /// <summary>The lower bound.</summary>
    public Tensor Low { get; }

    /// <summary>The upper bound; greater than Low.</summary>
    public Tensor High { get; }

    /// <inheritdoc/>
    public override Constraint Support => Between(Low, High, Type.Support.Name);

    private Tensor Width => High - Low;

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Low + 0.5 * Width;

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => Width.square() / 12;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => Width.log();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => -Width.log() + 0 * value;

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => addcmul(Low, random.Uniform(shape, DType), Width, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => ((value - Low) / Width).clamp(0, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => ((High - value) / Width).clamp(0, 1);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogFraction(value - Low, High - value);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => LogFraction(High - value, value - Low);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => Low + probability * Width;

    // The logarithm of a part of the width, computed from the smaller of the part and the rest.
    private Tensor LogFraction(Tensor part, Tensor rest) => TensorChoice.Where(
        part < rest,
        (part / Width).clamp_min(0).log(),
        (-(rest / Width).clamp(0, 0.75)).log1p());
}
