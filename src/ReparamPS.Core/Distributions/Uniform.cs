using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
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
        [new("Low", Finite) { Default = 0, Example = -1.0 }, new("High", FiniteAboveLow) { Default = 1, Example = 2.0 }],
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
    [JsonIgnore]
    public Tensor Low { get; }

    /// <summary>The upper bound; greater than Low.</summary>
    [JsonIgnore]
    public Tensor High { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override Constraint Support => Between(Low, High, Type.Support.Name);

    // Bounds at both ends of the type are further apart than its largest number. They are halved, with what is compared with them.
    private double Unit => TensorQuestions.Any(High - Low == double.PositiveInfinity) ? 0.5 : 1;

    private static Tensor Width(Tensor from, Tensor to, double unit) => unit == 1 ? to - from : unit * to - unit * from;

    private Tensor LogWidth()
    {
        double unit = Unit;
        Tensor log = Width(Low, High, unit).log();
        return unit == 1 ? log : log - Math.Log(unit);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => Unit == 1 ? Low + 0.5 * (High - Low) : 0.5 * Low + 0.5 * High;

    /// <inheritdoc/>
    protected override Tensor ComputeMode() => throw Lacks("unique mode: its density is constant");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => (High - Low).square() / 12;

    /// <inheritdoc/>
    protected override Tensor ComputeEntropy() => LogWidth();

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value) => -LogWidth() + 0 * value;

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) => At(random.Uniform(shape, DType));

    /// <inheritdoc/>
    protected override Tensor ComputeCdf(Tensor value) => Part(Low, value);

    /// <inheritdoc/>
    protected override Tensor ComputeSurvival(Tensor value) => Part(value, High);

    /// <inheritdoc/>
    protected override Tensor ComputeLogCdf(Tensor value) => LogPart(Low, value, value, High);

    /// <inheritdoc/>
    protected override Tensor ComputeLogSurvival(Tensor value) => LogPart(value, High, Low, value);

    /// <inheritdoc/>
    protected override Tensor ComputeIcdf(Tensor probability) => At(probability);

    private Tensor At(Tensor fraction) => Unit == 1 ? addcmul(Low, fraction, High - Low, 1) : Low * (1 - fraction) + High * fraction;

    private Tensor Part(Tensor from, Tensor to)
    {
        double unit = Unit;
        return (Width(from, to, unit) / Width(Low, High, unit)).clamp(0, 1);
    }

    // The logarithm of a part of the width, computed from the smaller of the part and the rest.
    private Tensor LogPart(Tensor from, Tensor to, Tensor restFrom, Tensor restTo)
    {
        double unit = Unit;
        Tensor part = Width(from, to, unit), rest = Width(restFrom, restTo, unit), width = Width(Low, High, unit);
        return TensorChoice.Where(part < rest, (part / width).clamp_min(0).log(), (-(rest / width).clamp(0, 0.75)).log1p());
    }
}
