using Newtonsoft.Json;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>A different transform for each consecutive piece of a dimension.</summary>
public sealed class CatTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="transforms">One for each piece.</param>
    /// <param name="dim">The dimension to split; negative counts from the end.</param>
    /// <param name="lengths">The sizes of the pieces; null makes each 1.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public CatTransform(IReadOnlyList<Transform> transforms, int dim = 0, long[]? lengths = null, int cacheSize = 0)
        : base("Cat", Pieces([.. transforms.Select(part => part.Domain)], dim, Sizes(transforms, lengths)), Pieces([.. transforms.Select(part => part.Codomain)], dim, Sizes(transforms, lengths)),
            transforms.All(part => part.IsBijective), cacheSize)
        => (Transforms, Dim, Lengths) = (transforms, dim, Sizes(transforms, lengths));

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Cat",
        "y = Transforms_i(x_i) on consecutive pieces of a dimension",
        [
            new("Transforms", Real) { Kind = ParameterKind.Transform },
            new("Dim", Real) { Kind = ParameterKind.Integer, Default = 0 },
            new("Lengths", NonNegativeInteger) { Kind = ParameterKind.Shape, IsOptional = true },
        ],
        given => new CatTransform(given.Many<Transform>("Transforms"), given.Whole("Dim"), given.ValueOrDefault<long[]>("Lengths", null), given.Whole("CacheSize")));

    /// <summary>One transform for each piece.</summary>
    [JsonIgnore]
    public IReadOnlyList<Transform> Transforms { get; }

    /// <summary>The dimension to split.</summary>
    public int Dim { get; }

    /// <summary>The sizes of the pieces.</summary>
    public long[] Lengths { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Transforms)})";

    /// <inheritdoc/>
    protected override object[] Key => [Dim, .. Transforms, .. Lengths.Cast<object>()];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => cat([.. Cut(x).Select((piece, i) => Transforms[i].Forward(piece))], Dim);

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => cat([.. Cut(y).Select((piece, i) => Transforms[i].Inverse(piece))], Dim);

    // Pieces can differ in their event dimensions. All are summed to the largest number of these, then joined, or added if the split is inside the event.
    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        Tensor[] xs = Cut(x), ys = Cut(y);
        Tensor[] terms = [.. Transforms.Select((part, i) => SumRightmost(part.LogAbsDetJacobian(xs[i], ys[i]), Domain.EventDims - part.Domain.EventDims))];
        int fromEnd = Dim >= 0 ? Dim - (int)x.dim() : Dim;
        return fromEnd + Domain.EventDims < 0 ? cat(terms, fromEnd + Domain.EventDims) : terms.Aggregate((sum, term) => sum + term);
    }

    private Tensor[] Cut(Tensor value)
    {
        long at = Dim >= 0 ? Dim : value.dim() + Dim;
        if (at < 0 || at >= value.dim() || value.shape[at] != Lengths.Sum())
            throw new ShapeMismatchException($"Cat: dimension {Dim} of the value must have the size {Lengths.Sum()}, the sum of Lengths {TensorShapes.Format(Lengths)}; got {TensorShapes.Said(value.shape)}.", nameof(value));
        return value.split(Lengths, Dim);
    }

    private static long[] Sizes(IReadOnlyList<Transform> transforms, long[]? lengths)
    {
        if (transforms.Count == 0) throw new ArgumentException("Transforms is empty; Cat needs at least one transform.", nameof(transforms));
        long[] sizes = lengths ?? [.. transforms.Select(_ => 1L)];
        return sizes.Length == transforms.Count ? sizes : throw new ArgumentException($"Lengths must have {transforms.Count} elements, one per transform; got {sizes.Length}.", nameof(lengths));
    }
}
