using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>y = softmax(x) over the last dimension, which is not bijective; the inverse returns log y.</summary>
public sealed class SoftmaxTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public SoftmaxTransform(int cacheSize = 0) : base("Softmax", RealVector, Simplex, isBijective: false, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Softmax", "y = exp(x) / Σ exp(x)", [], given => new SoftmaxTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.softmax(-1);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.log();
}

/// <summary>
/// Maps vectors of K − 1 numbers to the simplex in K dimensions: y_i = z_i Π_{j&lt;i} (1 − z_j), z = sigmoid(x − log(K − i)) with i from 0, so that 0 maps to the middle.
/// </summary>
public sealed class StickBreakingTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public StickBreakingTransform(int cacheSize = 0) : base("StickBreaking", RealVector, Simplex, cacheSize: cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "StickBreaking", "y_i = z_i Π (1 − z_j) over j < i, z = sigmoid(x − log(K − i))", [], given => new StickBreakingTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape)
    {
        base.ForwardShape(shape);
        return [.. shape[..^1], shape[^1] + 1];
    }

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape)
    {
        base.InverseShape(shape);
        return [.. shape[..^1], shape[^1] - 1];
    }

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x)
    {
        Tensor z = SigmoidTransform.Clipped(x - LogOffset(x));
        Tensor one = ones([.. x.shape[..^1], 1], x.dtype, x.device);
        return cat([z, one], -1) * cat([one, (1 - z).cumprod(-1)], -1);
    }

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y)
    {
        Tensor head = y.narrow(-1, 0, y.shape[^1] - 1);
        // The remainder of the stick is summed from the end, so that it keeps its digits if it is short.
        Tensor left = TensorFunctions.SuffixSums(y).narrow(-1, 1, y.shape[^1] - 1).clamp(min: TorchTypes.Tiny(y.dtype));
        return head.log() - left.log() + LogOffset(head);
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        // From x alone: what is left of the stick is rounded in y.
        Tensor centred = x - LogOffset(x), pieces = arange(x.shape[^1], 0, -1, dtype: x.dtype, device: x.device);
        return (TensorFunctions.LogSigmoid(centred) + pieces * TensorFunctions.LogSigmoid(-centred)).sum(-1);
    }

    /// <summary>log(K − i): by it, x = 0 leads to K equal pieces.</summary>
    internal static Tensor LogOffset(Tensor x) => arange(x.shape[^1], 0, -1, dtype: x.dtype, device: x.device).log();
}
