using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Distributions.Transforms;
using ReparamPS.Torch.Randomness;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>
/// The logistic normal distribution on the simplex: a vector of independent normals mapped by a <see cref="StickBreakingTransform"/>. Counterpart of
/// <c>torch.distributions.LogisticNormal</c>. Reparameterized: z = stickbreaking(Loc + Scale · ε) with ε ~ N(0, I).
/// </summary>
public sealed class LogisticNormal : Distribution
{
    private readonly StickBreakingTransform sticks = new();

    /// <summary>The entry of this distribution in the catalogue.</summary>
    public static DistributionType Definition { get; } = new(
        "LogisticNormal",
        Reparameterization.Composition,
        Simplex,
        [new("Loc", RealVector) { Example = new[] { 0.5, -1.0 } }, new("Scale", PositiveVector) { Example = new[] { 1.0, 0.4 } }],
        given => new LogisticNormal(given.Tensor("Loc"), given.Tensor("Scale")))
    {
        Density = "N(s; Loc, Scale²) / |det J(s)|, s = stickbreaking⁻¹(x)",
        Moments = "no closed form",
        Source = "torch.distributions.LogisticNormal; Aitchison, Shen 1980, Biometrika 67",
        HasMoments = false,
    };

    /// <summary>Creates the distribution.</summary>
    /// <param name="loc">The means of the normals: vectors of one element less than a sample; a number stands for all.</param>
    /// <param name="scale">The standard deviations of the normals; a single number applies to all.</param>
    public LogisticNormal(Tensor loc, Tensor scale)
        : base(Definition, [("Loc", AsVector(loc)), ("Scale", AsVector(scale))], [ParameterChecks.CommonWidth("LogisticNormal", ("Loc", loc), ("Scale", scale)) + 1]) => (Loc, Scale) = (AsVector(loc), AsVector(scale));

    /// <summary>The means of the normals.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The standard deviations of the normals.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    protected override Tensor ComputeMean() => throw Lacks("closed-form mean");

    /// <inheritdoc/>
    protected override Tensor ComputeVariance() => throw Lacks("closed-form variance");

    /// <inheritdoc/>
    protected override Tensor ComputeLogProb(Tensor value)
    {
        Tensor normal = sticks.Inverse(value), isFar = normal.isinf();
        // At an end of the simplex, the square of an infinite number decides.
        Tensor inside = normal.masked_fill(isFar, 0), isEnd = isFar.any(-1);
        Tensor density = StandardNormal.LogDensity((inside - Loc) / Scale) - Scale.log();
        return (density.sum(-1) - sticks.LogAbsDetJacobian(inside, value)).masked_fill(isEnd, double.NegativeInfinity);
    }

    /// <inheritdoc/>
    protected override Tensor Draw(long[] shape, RandomSource random) =>
        sticks.Forward(addcmul(Loc, random.Normal([.. shape[..^1], shape[^1] - 1], DType), Scale, 1));

    private static Tensor AsVector(Tensor value) => value.dim() == 0 ? value.unsqueeze(0) : value;
}
