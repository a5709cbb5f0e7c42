using ReparamPS.Distributions.Parameters;
using ReparamPS.Distributions.Transforms;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>y = F(x), the CDF of a univariate distribution; its inverse is the quantile function.</summary>
public sealed class CumulativeDistributionTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="distribution">A continuous, univariate distribution.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public CumulativeDistributionTransform(Distribution distribution, int cacheSize = 0)
        : base("CumulativeDistribution", distribution.Support, UnitInterval, cacheSize: cacheSize)
    {
        if (distribution.EventShape.Length > 0 || distribution.Support.IsDiscrete)
            throw new ArgumentException($"Distribution must be continuous and univariate; got {distribution.Name}.", nameof(distribution));
        Distribution = distribution;
    }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "CumulativeDistribution",
        "y = F(x) of a distribution",
        [new("Distribution", Real) { Kind = ParameterKind.Distribution }],
        given => new CumulativeDistributionTransform(given.Value<Distribution>("Distribution"), given.Whole("CacheSize")));

    /// <summary>The distribution.</summary>
    public Distribution Distribution { get; }

    /// <inheritdoc/>
    public override bool IsMonotone => true;

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => ones([], like.dtype, like.device);

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => BroadcastShape.Of(Name, shape, ("batch shape of Distribution", Distribution.BatchShape));

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => BroadcastShape.Of(Name, shape, ("batch shape of Distribution", Distribution.BatchShape));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({Distribution})";

    /// <inheritdoc/>
    protected override object[] Key => [Distribution];

    internal override IEnumerable<Tensor> Tensors => Distribution.Tensors;

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => AffineTransform.As(Matching(x).Cdf(x), x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => AffineTransform.As(Matching(y).Icdf(y), y);

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => AffineTransform.As(Matching(x).LogProb(x), x);

    // As parameters of other transforms are, on the device of a value, and not in fewer digits.
    private Distribution Matching(Tensor value) => Distribution.To(value.device, value.dtype == ScalarType.Float64 ? value.dtype : null);
}
