using Newtonsoft.Json;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>An elementwise, increasing map.</summary>
public abstract class IncreasingTransform : Transform
{
    /// <inheritdoc cref="Transform(string, Constraints.Constraint, Constraints.Constraint, bool, int)"/>
    protected IncreasingTransform(string name, Constraints.Constraint domain, Constraints.Constraint codomain, int cacheSize) : base(name, domain, codomain, cacheSize: cacheSize) { }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsMonotone => true;

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => ones([], like.dtype, like.device);
}

/// <summary>y = exp(x).</summary>
public sealed class ExpTransform : IncreasingTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public ExpTransform(int cacheSize = 0) : base("Exp", Real, Positive, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Exp", "y = exp(x)", [], given => new ExpTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.exp();

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.log();

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => x;
}

/// <summary>y = 1 / (1 + exp(−x)), clamped away from 0 and 1.</summary>
public sealed class SigmoidTransform : IncreasingTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public SigmoidTransform(int cacheSize = 0) : base("Sigmoid", Real, UnitInterval, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Sigmoid", "y = 1 / (1 + exp(−x))", [], given => new SigmoidTransform(given.Whole("CacheSize")));

    /// <summary>The sigmoid, clamped as in PyTorch.</summary>
    internal static Tensor Clipped(Tensor x) => x.sigmoid().clamp(TorchTypes.Tiny(x.dtype), 1 - TorchTypes.Epsilon(x.dtype));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => Clipped(x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y)
    {
        Tensor inside = y.clamp(TorchTypes.Tiny(y.dtype), 1 - TorchTypes.Epsilon(y.dtype));
        return inside.log() - (-inside).log1p();
    }

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => TensorFunctions.LogSigmoid(x) + TensorFunctions.LogSigmoid(-x);
}

/// <summary>y = tanh(x).</summary>
public sealed class TanhTransform : IncreasingTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public TanhTransform(int cacheSize = 0) : base("Tanh", Real, Between(-1, 1), cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Tanh", "y = tanh(x)", [], given => new TanhTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.tanh();

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y.atanh();

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => TensorFunctions.LogTanhSlope(x);
}

/// <summary>y = log(1 + exp(x)).</summary>
public sealed class SoftplusTransform : IncreasingTransform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public SoftplusTransform(int cacheSize = 0) : base("Softplus", Real, Positive, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Softplus", "y = log(1 + exp(x))", [], given => new SoftplusTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => -TensorFunctions.LogSigmoid(-x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y + (-(-y).expm1()).log();

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => TensorFunctions.LogSigmoid(x);
}

/// <summary>y = |x|, which is not bijective; the inverse returns the positive input.</summary>
public sealed class AbsTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public AbsTransform(int cacheSize = 0) : base("Abs", Real, NonNegative, isBijective: false, cacheSize) { }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new("Abs", "y = |x|", [], given => new AbsTransform(given.Whole("CacheSize")));

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => x.maximum(-x);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => y;
}
