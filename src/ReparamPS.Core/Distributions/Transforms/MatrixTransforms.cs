using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>Maps square matrices to lower-triangular matrices with a positive diagonal: elements above the diagonal are dropped, so that the map is not bijective, and the diagonal is exponentiated.</summary>
public sealed class LowerCholeskyTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public LowerCholeskyTransform(int cacheSize = 0) : base("LowerCholesky", Independent(Real, 2), LowerCholesky, isBijective: false, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("LowerCholesky", "y = lower(x) + diag(exp(diag(x)))", [], given => new LowerCholeskyTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.tril(-1) + x.diagonal(dim1: -2, dim2: -1).exp().diag_embed();

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.tril(-1) + y.diagonal(dim1: -2, dim2: -1).log().diag_embed();

    /// <summary>log|det J| as a map of the elements on and below the diagonal.</summary>
    internal static Tensor LogDeterminantOfTriangle(Tensor x) => x.diagonal(dim1: -2, dim2: -1).sum(-1);
}

/// <summary>Maps square matrices to symmetric positive definite ones: y = L Lᵀ with L the <see cref="LowerCholeskyTransform"/> of x. It is not bijective either.</summary>
public sealed class PositiveDefiniteTransform : Transform
{
    private readonly LowerCholeskyTransform factor = new();

    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public PositiveDefiniteTransform(int cacheSize = 0) : base("PositiveDefinite", Independent(Real, 2), PositiveDefinite, isBijective: false, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "PositiveDefinite", "y = L Lᵀ, L = lower(x) + diag(exp(diag(x)))", [], given => new PositiveDefiniteTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x)
    {
        Tensor lower = factor.Forward(x);
        return lower.matmul(lower.mT);
    }

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => factor.Inverse(linalg.cholesky(y));

    /// <summary>log|det J| as a map of the elements on and below the diagonal: exp of the diagonal, then 2ⁿ Π Lᵢᵢ^(n − i), i from 0 (Muirhead 1982, theorem 2.1.9).</summary>
    internal static Tensor LogDeterminantOfTriangle(Tensor x)
    {
        long size = x.shape[^1];
        Tensor powers = arange(size + 1, 1, -1, dtype: x.dtype, device: x.device);
        return size * Math.Log(2) + (powers * x.diagonal(dim1: -2, dim2: -1)).sum(-1);
    }
}

/// <summary>
/// Maps vectors of D (D − 1) / 2 numbers to the Cholesky factors of D × D correlation matrices: tanh, then each row breaks a stick of squared length 1
/// (Lewandowski, Kurowicka, Joe 2009; Stan's reference manual, "Cholesky factors of correlation matrices").
/// </summary>
public sealed class CorrCholeskyTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public CorrCholeskyTransform(int cacheSize = 0) : base("CorrCholesky", RealVector, CorrCholesky, cacheSize: cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "CorrCholesky", "y_ij = t_ij Π √(1 − t_ik²) over k < j, t = tanh(x), t_ii = 1", [], given => new CorrCholeskyTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape)
    {
        base.ForwardShape(shape);
        long width = TriangleVector.Width(shape[^1]);
        if (width < 0) throw new ShapeMismatchException($"CorrCholesky: the vector must have D (D − 1) / 2 elements, such as 1, 3 or 6, for a D × D matrix; got {shape[^1]}.", nameof(shape));
        return [.. shape[..^1], width, width];
    }

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape)
    {
        base.InverseShape(shape);
        if (shape[^1] != shape[^2]) throw new ShapeMismatchException($"CorrCholesky: the matrix must be square; got {TensorShapes.Said(shape)}.", nameof(shape));
        return [.. shape[..^2], shape[^1] * (shape[^1] - 1) / 2];
    }

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x)
    {
        long width = ForwardShape(x.shape)[^1];
        double epsilon = TorchTypes.Epsilon(x.dtype);
        Tensor partial = TriangleVector.ToMatrix(x.tanh().clamp(-1 + epsilon, 1 - epsilon), width);
        Tensor left = (1 - partial.square()).sqrt().cumprod(-1).narrow(-1, 0, width - 1);
        return (partial + eye(width, dtype: x.dtype, device: x.device)) * cat([ones([.. left.shape[..^1], 1], x.dtype, x.device), left], -1);
    }

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y)
    {
        InverseShape(y.shape);
        Tensor left = LeftOfSquares(y);
        return (TriangleVector.FromMatrix(y, -1) / TriangleVector.FromMatrix(left, -1).sqrt()).atanh();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        // From x alone: what is left of a row is rounded in y. Element k of row i has 1 − tanh² in its own slope and, under a root, in those of the i − 1 − k behind it.
        Tensor index = arange(y.shape[^1], dtype: x.dtype, device: x.device), behind = index.unsqueeze(-1) - 1 - index;
        Tensor powers = TriangleVector.FromMatrix(1 + 0.5 * behind, -1);
        return (powers * (Math.Log(4) + TensorFunctions.LogSigmoid(2 * x) + TensorFunctions.LogSigmoid(-2 * x))).sum(-1);
    }

    // The sum of squares from a column up to the diagonal, summed from the end so that no digits cancel.
    private static Tensor LeftOfSquares(Tensor y) => TensorFunctions.SuffixSums(y.tril().square());
}
