using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>Another transform, with batch dimensions reinterpreted as event dimensions, over which log|det J| is summed.</summary>
public sealed class IndependentTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="baseTransform">The other transform.</param>
    /// <param name="reinterpretedBatchNdims">The number of dimensions that become event dimensions.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public IndependentTransform(Transform baseTransform, int reinterpretedBatchNdims, int cacheSize = 0)
        : base("Independent", Independent(baseTransform.Domain, Checked(reinterpretedBatchNdims)), Independent(baseTransform.Codomain, reinterpretedBatchNdims), baseTransform.IsBijective, cacheSize)
        => (BaseTransform, ReinterpretedBatchNdims) = (baseTransform, reinterpretedBatchNdims);

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Independent",
        "y = BaseTransform(x), with more event dimensions",
        [new("BaseTransform", Real) { Kind = ParameterKind.Transform }, new("ReinterpretedBatchNdims", NonNegativeInteger) { Kind = ParameterKind.Integer }],
        given => new IndependentTransform(given.Value<Transform>("BaseTransform"), given.Whole("ReinterpretedBatchNdims"), given.Whole("CacheSize")));

    /// <summary>The other transform.</summary>
    [JsonIgnore]
    public Transform BaseTransform { get; }

    /// <summary>The number of dimensions that become event dimensions.</summary>
    public int ReinterpretedBatchNdims { get; }

    private static int Checked(int dims) => dims >= 0 ? dims : throw new ArgumentException($"ReinterpretedBatchNdims must be at least 0; got {dims}.", nameof(ReinterpretedBatchNdims));

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => BaseTransform.ForwardShape(base.ForwardShape(shape));

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => BaseTransform.InverseShape(base.InverseShape(shape));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({BaseTransform}, {ReinterpretedBatchNdims})";

    /// <inheritdoc/>
    protected override object[] Key => [BaseTransform, ReinterpretedBatchNdims];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => BaseTransform.Forward(x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => BaseTransform.Inverse(y);

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => SumRightmost(BaseTransform.LogAbsDetJacobian(x, y), ReinterpretedBatchNdims);
}
