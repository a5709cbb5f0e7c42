using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>A different transform for each slice of a dimension.</summary>
public sealed class StackTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="transforms">One for each slice.</param>
    /// <param name="dim">The dimension to split; negative counts from the end.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public StackTransform(IReadOnlyList<Transform> transforms, int dim = 0, int cacheSize = 0)
        : base("Stack", Slices([.. transforms.Select(part => part.Domain)], dim), Slices([.. transforms.Select(part => part.Codomain)], dim), transforms.All(part => part.IsBijective), cacheSize)
        => (Transforms, Dim) = (transforms, dim);

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Stack",
        "y_i = Transforms_i(x_i) on the slices of a dimension",
        [new("Transforms", Real) { Kind = ParameterKind.Transform }, new("Dim", Real) { Kind = ParameterKind.Integer, Default = 0 }],
        given => new StackTransform(given.Many<Transform>("Transforms"), given.Whole("Dim"), given.Whole("CacheSize")));

    /// <summary>One transform for each slice.</summary>
    [JsonIgnore]
    public IReadOnlyList<Transform> Transforms { get; }

    /// <summary>The dimension to split.</summary>
    public int Dim { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Transforms)})";

    /// <inheritdoc/>
    protected override object[] Key => [Dim, .. Transforms];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => stack([.. Cut(x).Select((slice, i) => Transforms[i].Forward(slice))], Dim);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => stack([.. Cut(y).Select((slice, i) => Transforms[i].Inverse(slice))], Dim);

    // Inside the event, the terms of the slices are added; outside, each slice keeps its own.
    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        Tensor[] xs = Cut(x), ys = Cut(y);
        int dims = Transforms.Max(part => part.Domain.EventDims);
        Tensor[] terms = [.. Transforms.Select((part, i) => SumRightmost(part.LogAbsDetJacobian(xs[i], ys[i]), dims - part.Domain.EventDims))];
        return Domain.EventDims > dims ? terms.Aggregate((sum, term) => sum + term) : stack(terms, Dim >= 0 ? Dim : Dim + dims);
    }

    private Tensor[] Cut(Tensor value)
    {
        long at = Dim >= 0 ? Dim : value.dim() + Dim;
        if (at < 0 || at >= value.dim() || value.shape[at] != Transforms.Count)
            throw new ShapeMismatchException($"Stack: dimension {Dim} of the value must have the size {Transforms.Count}, one slice for each of Transforms; got {TensorShapes.Said(value.shape)}.", nameof(value));
        return value.unbind(Dim);
    }
}
