using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>Several transforms, applied one after another.</summary>
public sealed class ComposeTransform : Transform
{
    /// <summary>Creates the transform.</summary>
    /// <param name="parts">The transforms, in the order in which they apply; an empty list is the identity.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public ComposeTransform(IReadOnlyList<Transform> parts, int cacheSize = 0)
        : base("Compose", DomainOf(parts), CodomainOf(parts), parts.All(part => part.IsBijective), cacheSize) => Parts = parts;

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Compose",
        "y = Parts_n(… Parts_1(x))",
        [new("Parts", Real) { Kind = ParameterKind.Transform }],
        given => new ComposeTransform(given.Many<Transform>("Parts"), given.Whole("CacheSize")));

    /// <summary>The transforms, in the order in which they apply.</summary>
    [JsonIgnore]
    public IReadOnlyList<Transform> Parts { get; }

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => Parts.Aggregate(shape, (size, part) => part.ForwardShape(size));

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => Parts.Reverse().Aggregate(shape, (size, part) => part.InverseShape(size));

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsMonotone => Parts.All(part => part.IsMonotone);

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => Parts.Aggregate(ones([], like.dtype, like.device), (sign, part) => sign * part.Sign(like));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}({string.Join(", ", Parts)})";

    /// <inheritdoc/>
    protected override object[] Key => [.. Parts];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => Parts.Aggregate(x, (value, part) => part.Forward(value));

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => Parts.Reverse().Aggregate(y, (value, part) => part.Inverse(value));

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        if (Parts.Count == 0) return zeros_like(x);
        Tensor? sum = null;
        int eventDims = Domain.EventDims;
        for (int i = 0; i < Parts.Count; i++)
        {
            Transform part = Parts[i];
            Tensor next = i == Parts.Count - 1 ? y : part.Forward(x);
            Tensor term = SumRightmost(part.LogAbsDetJacobian(x, next), eventDims - part.Domain.EventDims);
            sum = sum is null ? term : sum + term;
            eventDims += part.Codomain.EventDims - part.Domain.EventDims;
            x = next;
        }
        return sum!;
    }

    // The largest number of dimensions that any part needs, seen from this end of the chain.
    private static Constraint DomainOf(IReadOnlyList<Transform> parts)
    {
        if (parts.Count == 0) return Real;
        int dims = parts[^1].Codomain.EventDims;
        foreach (Transform part in parts.Reverse()) dims = Math.Max(dims + part.Domain.EventDims - part.Codomain.EventDims, part.Domain.EventDims);
        return Independent(parts[0].Domain, dims - parts[0].Domain.EventDims);
    }

    private static Constraint CodomainOf(IReadOnlyList<Transform> parts)
    {
        if (parts.Count == 0) return Real;
        int dims = parts[0].Domain.EventDims;
        foreach (Transform part in parts) dims = Math.Max(dims + part.Codomain.EventDims - part.Domain.EventDims, part.Codomain.EventDims);
        return ImageConstraint.Of(parts[0].Domain, parts, dims);
    }
}
