using Newtonsoft.Json;
using ReparamPS.Distributions.Constraints;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>y = Loc + Scale · x, elementwise; Scale may be negative.</summary>
public sealed class AffineTransform : Transform
{
    private readonly int eventDim;

    /// <summary>Creates the transform.</summary>
    /// <param name="loc">What is added.</param>
    /// <param name="scale">The factor; not 0.</param>
    /// <param name="eventDim">How many trailing dimensions make one value.</param>
    /// <param name="cacheSize">The number of cached pairs of input and output: 0 or 1.</param>
    public AffineTransform(Tensor loc, Tensor scale, int eventDim = 0, int cacheSize = 0)
        : base("Affine", Independent(Real, eventDim), Independent(Real, eventDim), cacheSize: cacheSize)
    {
        (Loc, Scale, this.eventDim) = (loc, scale, eventDim);
        if (eventDim < 0) throw new ArgumentException($"EventDim must be at least 0; got {eventDim}.", nameof(eventDim));
        if (!NonZero.IsMetBy(scale)) throw new ArgumentException($"Scale must be a number other than 0; got {Violation.Of(NonZero, scale)}.", nameof(scale));
    }

    /// <summary>The entry of this transform in the catalogue.</summary>
    public static TransformType Definition { get; } = new(
        "Affine",
        "y = Loc + Scale · x",
        [new("Loc", Real) { Default = 0 }, new("Scale", NonZero) { Default = 1 }, new("EventDim", NonNegativeInteger) { Kind = ParameterKind.Integer, Default = 0 }],
        given => new AffineTransform(given.Tensor("Loc"), given.Tensor("Scale"), given.Whole("EventDim"), given.Whole("CacheSize")));

    /// <summary>The added constant.</summary>
    [JsonIgnore]
    public Tensor Loc { get; }

    /// <summary>The factor.</summary>
    [JsonIgnore]
    public Tensor Scale { get; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsMonotone => eventDim == 0;

    /// <inheritdoc/>
    public override Tensor Sign(Tensor like) => eventDim == 0 ? As(Scale, like).sign() : base.Sign(like);

    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape) => BroadcastShape.Of(Name, base.ForwardShape(shape), (nameof(Loc), Loc.shape), (nameof(Scale), Scale.shape));

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape) => BroadcastShape.Of(Name, base.InverseShape(shape), (nameof(Loc), Loc.shape), (nameof(Scale), Scale.shape));

    /// <inheritdoc/>
    public override string ToString() => $"{Name}(Loc: {TensorText.Brief(Loc)}, Scale: {TensorText.Brief(Scale)})";

    internal override Transform? WithRows(Func<Tensor, Tensor> choose) => CacheSize == 0 && eventDim == 0 ? new AffineTransform(choose(Loc), choose(Scale)) : null;

    internal override bool MovesAt(Tensor x, Tensor y) => (Loc.requires_grad && TensorQuestions.Any(x.isfinite())) || (Scale.requires_grad && TensorQuestions.Any(x.isfinite() & (x != 0)));

    /// <inheritdoc/>
    protected override object[] Key => [Loc, Scale, eventDim];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => As(Loc, x) + As(Scale, x) * x;

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => (y - As(Loc, y)) / As(Scale, y);

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y)
    {
        Tensor scale = As(Scale, x);
        return SumRightmost(scale.maximum(-scale).log().expand(BroadcastShape.Of(Name, x.shape, (nameof(Scale), scale.shape))), eventDim);
    }

    /// <summary>Whether a transform is made of affine ones and changes of shape only.</summary>
    internal static bool IsMadeOf(Transform part) => part switch
    {
        AffineTransform or ReshapeTransform => true,
        InverseTransform turned => IsMadeOf(turned.Inv),
        IndependentTransform many => IsMadeOf(many.BaseTransform),
        ComposeTransform chain => chain.Parts.All(IsMadeOf),
        // A dimension that counts from the front depends on the shape of a sample.
        CatTransform { Dim: < 0 } pieces => pieces.Transforms.All(IsMadeOf),
        StackTransform { Dim: < 0 } slices => slices.Transforms.All(IsMadeOf),
        _ => false,
    };

    /// <summary>The map of variances that belongs to a transform that is made of affine ones.</summary>
    internal static Transform OfVariances(Transform part) => part switch
    {
        AffineTransform affine => new AffineTransform(zeros_like(affine.Loc), affine.Scale.square()),
        InverseTransform turned => OfVariances(turned.Inv).Inv,
        IndependentTransform many => OfVariances(many.BaseTransform),
        ComposeTransform chain => new ComposeTransform([.. chain.Parts.Select(OfVariances)]),
        CatTransform pieces => new CatTransform([.. pieces.Transforms.Select(OfVariances)], pieces.Dim, pieces.Lengths),
        StackTransform slices => new StackTransform([.. slices.Transforms.Select(OfVariances)], slices.Dim),
        _ => part,
    };

    /// <summary>A parameter in the type and on the device of a value.</summary>
    internal static Tensor As(Tensor parameter, Tensor value) => parameter.dtype == value.dtype && parameter.device_type == value.device_type ? parameter : parameter.to(value.dtype, value.device);
}
