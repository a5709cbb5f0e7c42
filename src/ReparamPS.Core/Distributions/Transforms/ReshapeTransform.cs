using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>Changes the shape of the trailing dimensions; log|det J| is 0.</summary>
public sealed class ReshapeTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="inShape">The trailing dimensions of inputs.</param>
    /// <param name="outShape">The trailing dimensions of outputs, with the same number of elements.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public ReshapeTransform(long[] inShape, long[] outShape, int cacheSize = 0)
        : base("Reshape", Independent(Real, inShape.Length), Independent(Real, outShape.Length), cacheSize: cacheSize)
    {
        (long inCount, long outCount) = (TensorShapes.Count(inShape), TensorShapes.Count(outShape));
        if (inCount != outCount)
            throw new ShapeMismatchException($"OutShape must have the same product as InShape {TensorShapes.Format(inShape)}, {inCount}; got {TensorShapes.Format(outShape)}, whose product is {outCount}.", nameof(outShape));
        (InShape, OutShape) = (inShape, outShape);
    }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Reshape",
        "y = x in another shape",
        [new("InShape", NonNegativeInteger) { Kind = ParameterKind.Shape }, new("OutShape", NonNegativeInteger) { Kind = ParameterKind.Shape }],
        given => new ReshapeTransform(given.Value<long[]>("InShape"), given.Value<long[]>("OutShape"), given.Whole("CacheSize")));

    /// <summary>The trailing dimensions of inputs.</summary>
    public long[] InShape { get; }

    /// <summary>The trailing dimensions of outputs.</summary>
    public long[] OutShape { get; }

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => Changed(shape, InShape, OutShape);

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => Changed(shape, OutShape, InShape);

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({TensorShapes.Format(InShape)} → {TensorShapes.Format(OutShape)})";

    /// <inheritdoc/>
    protected override object[] Key => [InShape.Length, .. InShape.Cast<object>(), .. OutShape.Cast<object>()];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.reshape(ForwardShape(x.shape));

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.reshape(InverseShape(y.shape));

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => x.new_zeros(x.shape[..^InShape.Length]);

    private static long[] Changed(long[] shape, long[] from, long[] to) => shape.TakeLast(from.Length).SequenceEqual(from)
        ? [.. shape[..^from.Length], .. to]
        : throw new ShapeMismatchException($"The Reshape transform needs values whose shape ends in {TensorShapes.Format(from)}; got {TensorShapes.Said(shape)}.", nameof(shape));
}
