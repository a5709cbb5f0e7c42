using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>
/// A differentiable map with a known log|det J|; the counterpart of <c>torch.distributions.transforms.Transform</c>. It acts on the last
/// <see cref="Constraint.EventDims"/> dimensions of its domain, and elementwise on the dimensions before them. The caller owns the tensors that it returns.
/// </summary>
public abstract class Transform
{
    private readonly TransformCache? cache;
    private Transform? inverse;

    /// <summary>Describes the map.</summary>
    /// <param name="name">PyTorch's class name without the word Transform.</param>
    /// <param name="domain">The set of inputs.</param>
    /// <param name="codomain">The set of outputs.</param>
    /// <param name="isBijective">Whether the inverse maps every output to its input.</param>
    /// <param name="cacheSize">1 stores the latest input and output, so that the inverse of that output is exact; 0 stores none.</param>
    protected Transform(string name, Constraint domain, Constraint codomain, bool isBijective = true, int cacheSize = 0)
    {
        if (cacheSize is not (0 or 1)) throw new ArgumentException($"CacheSize must be 0 or 1; got {cacheSize}.", nameof(cacheSize));
        (Name, Domain, Codomain, IsBijective, CacheSize) = (name, domain, codomain, isBijective, cacheSize);
        if (cacheSize == 1) cache = new TransformCache();
    }

    /// <summary>PyTorch's class name without the word Transform.</summary>
    public string Name { get; }

    /// <summary>Name and parameters as short text. ConvertTo-Json shows a transform within another object by it.</summary>
    public string Text => ToString()!;

    /// <summary>The set of inputs.</summary>
    [JsonIgnore]
    public Constraint Domain { get; }

    /// <summary>The set of outputs.</summary>
    [JsonIgnore]
    public Constraint Codomain { get; }

    /// <summary>Whether the inverse maps every output to its input.</summary>
    [JsonIgnore]
    public bool IsBijective { get; }

    /// <summary>The number of cached pairs of input and output: 0 or 1.</summary>
    [JsonIgnore]
    public int CacheSize { get; }

    /// <summary>The inverse map, whose own inverse is this map.</summary>
    [JsonIgnore]
    public virtual Transform Inv => inverse ??= new InverseTransform(this);

    /// <summary>The output at an input.</summary>
    public Tensor Forward(Tensor x)
    {
        x = Real(x, nameof(Forward), nameof(x));
        RequireDims(x, Domain);
        if (cache?.OutputOf(x) is { } known) return known;
        Tensor y = Own(Apply, x);
        cache?.Remember(x, y);
        return y;
    }

    /// <summary>The input of an output.</summary>
    /// <exception cref="NotSupportedException">There is no inverse.</exception>
    public Tensor Inverse(Tensor y)
    {
        y = Real(y, nameof(Inverse), nameof(y));
        RequireDims(y, Codomain);
        if (cache?.InputOf(y) is { } known) return known;
        Tensor x = Own(Invert, y);
        cache?.Remember(x, y);
        return x;
    }

    /// <summary>log|det ∂y/∂x|, in the shape of x without the event dimensions of the domain.</summary>
    /// <param name="x">An input.</param>
    /// <param name="y">Its output.</param>
    /// <exception cref="NotSupportedException">The map has none.</exception>
    public Tensor LogAbsDetJacobian(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        (x, y) = (Real(x, nameof(LogAbsDetJacobian), nameof(x)), Real(y, nameof(LogAbsDetJacobian), nameof(y)));
        RequireDims(x, Domain);
        Tensor result = ComputeLogAbsDetJacobian(x, y);
        return (ReferenceEquals(result, x) || ReferenceEquals(result, y) ? result.alias() : result).MoveToOuterDisposeScope();
    }

    /// <summary>The shape of the output for a shape of the input.</summary>
    /// <exception cref="ShapeMismatchException">The input has an unsuitable shape.</exception>
    public virtual long[] ForwardShape(long[] shape) => RequireDims(shape, Domain);

    /// <summary>The shape of the input for a shape of the output.</summary>
    /// <exception cref="ShapeMismatchException">The output has an unsuitable shape.</exception>
    public virtual long[] InverseShape(long[] shape) => RequireDims(shape, Codomain);

    /// <summary>Whether the map is elementwise and monotone, so that it has a <see cref="Sign"/>.</summary>
    [JsonIgnore]
    public virtual bool IsMonotone => false;

    /// <summary>1 if the map increases and −1 if it decreases, broadcastable with elementwise values.</summary>
    /// <exception cref="NotSupportedException">It is not monotone, or not elementwise.</exception>
    public virtual Tensor Sign(Tensor like) => throw new NotSupportedException($"Sign requires an elementwise transform that only increases or only decreases; {Name} is not of this kind.");

    /// <summary>Whether another transform is the same map: of the same kind, with the same parameters.</summary>
    public bool IsSameAs(Transform other) => GetType() == other.GetType() && Key.Length == other.Key.Length && Key.Zip(other.Key).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>The elementwise map of other elements, whose parameters are made from this one's; null if it is not elementwise or keeps a cache.</summary>
    /// <param name="choose">Makes a tensor.</param>
    internal virtual Transform? WithRows(Func<Tensor, Tensor> choose) => CacheSize == 0 && Domain.EventDims == 0 && Codomain.EventDims == 0 && Key.Length == 0 ? this : null;

    /// <summary>The tensors that define the map, with those of the transforms and distributions inside it.</summary>
    internal virtual IEnumerable<Tensor> Tensors => Key.SelectMany(value => value switch
    {
        Tensor tensor => [tensor],
        Transform inner => inner.Tensors,
        _ => Enumerable.Empty<Tensor>(),
    });

    /// <summary>The transforms that this one consists of.</summary>
    internal IEnumerable<Transform> Inner => Key.OfType<Transform>();

    /// <summary>Whether gradients change the map.</summary>
    internal bool RequiresGrad => Tensors.Any(tensor => tensor.requires_grad);

    /// <summary>Whether gradients move the output y of an elementwise map at an input x.</summary>
    internal virtual bool MovesAt(Tensor x, Tensor y) => RequiresGrad && TensorQuestions.Any(y.isfinite());

    /// <inheritdoc/>
    public override string ToString() => $"{Name}()";

    /// <summary>The values that define the map: tensors, transforms and integers.</summary>
    protected virtual object[] Key => [];

    /// <summary>The output at an input.</summary>
    protected abstract Tensor Apply(Tensor x);

    /// <summary>The input of an output.</summary>
    protected virtual Tensor Invert(Tensor y) => throw new NotSupportedException($"The {Name} transform has no inverse.");

    /// <summary>log|det ∂y/∂x|.</summary>
    protected virtual Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => throw new NotSupportedException($"The {Name} transform has no Jacobian determinant{(IsBijective ? "" : ", because it is not one-to-one")}.");

    /// <summary>Sums over trailing dimensions.</summary>
    internal static Tensor SumRightmost(Tensor value, int dims) => dims switch
    {
        0 => value,
        1 => TensorFunctions.SumLast(value),
        _ => TensorFunctions.SumLast(value.flatten(-dims)),
    };

    private static bool AreSame(object first, object second) => (first, second) switch
    {
        (Tensor one, Tensor other) => ReferenceEquals(one, other) || (one.dtype == other.dtype && one.device_type == other.device_type && one.shape.SequenceEqual(other.shape) && HasValuesOf(one, other)),
        (Transform one, Transform other) => one.IsSameAs(other),
        _ => first.Equals(second),
    };

    private static bool HasValuesOf(Tensor one, Tensor other)
    {
        using var scope = NewDisposeScope();
        return TensorQuestions.All(one == other);
    }

    private long[] RequireDims(long[] shape, Constraint constraint) => shape.Length >= constraint.EventDims
        ? shape
        : throw new ShapeMismatchException($"A value passed to the {Name} transform must have at least {TensorShapes.Dimensions(constraint.EventDims)}; got {TensorShapes.Said(shape)}.", nameof(shape));

    private void RequireDims(Tensor value, Constraint constraint) => RequireDims(value.shape, constraint);

    // In integers, the maps would round: PowerShell turns the number 1 into a tensor of type int32.
    private static Tensor Real(Tensor? value, string method, string name) => value is null
        ? throw new ArgumentException($"{name} is null; {method}() takes a tensor or a number.", name)
        : value.is_floating_point() || value.is_complex() ? value : value.to(ScalarType.Float64);

    private static Tensor Own(Func<Tensor, Tensor> map, Tensor value)
    {
        using var scope = NewDisposeScope();
        Tensor result = map(value);
        return (ReferenceEquals(result, value) ? result.alias() : result).MoveToOuterDisposeScope();
    }
}
