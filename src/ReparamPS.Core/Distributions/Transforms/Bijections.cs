using System.Collections.Concurrent;
using ReparamPS.Distributions.Constraints;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>
/// Bijections from unconstrained numbers to constraints; the counterpart of <c>torch.distributions.biject_to</c>: the identity, exp or sigmoid for intervals, stick breaking for
/// the simplex, and so on. Where PyTorch takes square matrices of which it ignores a half, as for Cholesky factors, these take vectors of as many numbers as there are degrees of freedom.
/// </summary>
public static class Bijections
{
    private static readonly ConcurrentDictionary<Type, Func<Constraint, Transform>> Registered = [];

    /// <summary>The map that leaves numbers as they are.</summary>
    public static Transform Identity { get; } = new ComposeTransform([]);

    /// <summary>Adds a bijection for a constraint class of one's own.</summary>
    /// <typeparam name="T">The constraint class.</typeparam>
    /// <param name="create">Makes the transform for a constraint.</param>
    public static void Register<T>(Func<T, Transform> create) where T : Constraint => Registered[typeof(T)] = constraint => create((T)constraint);

    /// <summary>The bijection from unconstrained numbers to a constraint.</summary>
    /// <exception cref="NotSupportedException">There is none: the set is discrete, a sphere, or unknown.</exception>
    public static Transform To(Constraint constraint)
    {
        BijectionSearch found = Find(constraint);
        return found.Map ?? throw new NotSupportedException(found.Lack);
    }

    /// <summary>The bijection, or why there is none.</summary>
    internal static BijectionSearch Find(Constraint constraint)
    {
        if (Registered.TryGetValue(constraint.GetType(), out Func<Constraint, Transform>? create)) return create(constraint);
        if (constraint.IsDiscrete) return Lacks(constraint, "it is discrete");
        return constraint switch
        {
            _ when constraint == RealVector => new IndependentTransform(Identity, 1),
            _ when constraint == PositiveVector => new IndependentTransform(new ExpTransform(), 1),
            _ when constraint == Simplex => new StickBreakingTransform(),
            _ when constraint == LowerCholesky => new LowerTriangleTransform(new LowerCholeskyTransform(), LowerCholeskyTransform.LogDeterminantOfTriangle),
            _ when constraint == PositiveDefinite || constraint == PositiveDefiniteInDouble => new LowerTriangleTransform(new PositiveDefiniteTransform(), PositiveDefiniteTransform.LogDeterminantOfTriangle),
            _ when constraint == CorrCholesky => new CorrCholeskyTransform(),
            ImageConstraint image => Find(image.Source).Then(map => IsIdentity(map) ? new ComposeTransform(image.Parts) : new ComposeTransform([map, .. image.Parts])),
            { Interval: FixedEnds ends } => ToInterval(ends.Low, ends.High),
            { Interval: TensorEnds ends } => ToInterval(constraint, ends),
            IndependentConstraint many => Find(many.Inner).Then(inner => new IndependentTransform(inner, many.Dims)),
            AnyComponentConstraint { DependsOnParameters: false } union => Find(union.Component),
            PiecesConstraint pieces => Elementwise(pieces, pieces.Parts, maps => new CatTransform(maps, pieces.Dim, pieces.Lengths)),
            SlicesConstraint slices => Elementwise(slices, slices.Parts, maps => new StackTransform(maps, slices.Dim)),
            _ => Lacks(constraint),
        };
    }

    /// <summary>Whether a bijection leaves numbers as they are.</summary>
    internal static bool IsIdentity(Transform transform) => transform is ComposeTransform { Parts.Count: 0 } || (transform is IndependentTransform many && IsIdentity(many.BaseTransform));

    private static Transform ToInterval(double low, double high) => (double.IsFinite(low), double.IsFinite(high)) switch
    {
        (false, false) => Identity,
        (true, false) when low == 0 => new ExpTransform(),
        (true, true) when low == 0 && high == 1 => new SigmoidTransform(),
        (true, false) => Shifted(new ExpTransform(), tensor(low), tensor(1.0)),
        (false, true) => Shifted(new ExpTransform(), tensor(high), tensor(-1.0)),
        (true, true) => Shifted(new SigmoidTransform(), tensor(low), tensor(high - low)),
    };

    private static BijectionSearch ToInterval(Constraint constraint, TensorEnds ends) => (AreFinite(ends.Low), AreFinite(ends.High)) switch
    {
        (false, false) => Identity,
        (true, false) => Shifted(new ExpTransform(), ends.Low, ones_like(ends.Low)),
        (false, true) => Shifted(new ExpTransform(), ends.High, -ones_like(ends.High)),
        (true, true) => Shifted(new SigmoidTransform(), ends.Low, ends.High - ends.Low),
        _ => Lacks(constraint, "its lower bounds must be either all finite or all infinite, and so must its upper bounds"),
    };

    private static ComposeTransform Shifted(Transform first, Tensor loc, Tensor scale) => new([first, new AffineTransform(loc, scale)]);

    // One map serves a whole batch; null if the bounds differ.
    private static bool? AreFinite(Tensor bound)
    {
        using var scope = NewDisposeScope();
        Tensor isFinite = bound.isfinite();
        bool all = isFinite.all().item<bool>();
        return all || !isFinite.any().item<bool>() ? all : null;
    }

    private static BijectionSearch Elementwise(Constraint whole, IReadOnlyList<Constraint> parts, Func<Transform[], Transform> join)
    {
        BijectionSearch[] found = [.. parts.Select(Find)];
        foreach (BijectionSearch part in found)
        {
            if (part.Map is null) return part;
            if (part.Map.Domain.EventDims > 0) return Lacks(whole, "one of its parts holds vectors or matrices, not numbers");
        }
        return join([.. found.Select(part => part.Map!)]);
    }

    private static BijectionSearch Lacks(Constraint constraint, string why = "") => new(null, $"No one-to-one map from all real numbers to the support '{constraint.Name}' is known{(why.Length == 0 ? "" : $": {why}")}.");
}

/// <summary>A bijection, or why there is none.</summary>
/// <param name="Map">The bijection; null if there is none.</param>
/// <param name="Lack">Why there is none; empty if there is one.</param>
internal readonly record struct BijectionSearch(Transform? Map, string Lack)
{
    public static implicit operator BijectionSearch(Transform map) => new(map, "");

    /// <summary>What a bijection becomes.</summary>
    public BijectionSearch Then(Func<Transform, Transform> next) => Map is null ? this : next(Map);
}

/// <summary>
/// From vectors of D (D + 1) / 2 numbers to what a map of square matrices makes of the lower-triangular D × D matrices that hold them row by row. It is bijective if the map
/// drops only what is above the diagonal.
/// </summary>
/// <param name="map">The map of the matrices.</param>
/// <param name="logDeterminant">Its log|det J| as a map of the elements on and below the diagonal.</param>
internal sealed class LowerTriangleTransform(Transform map, Func<Tensor, Tensor> logDeterminant) : Transform($"{map.Name}OfVector", RealVector, map.Codomain)
{
    /// <inheritdoc/>
    public override long[] ForwardShape(long[] shape)
    {
        base.ForwardShape(shape);
        long width = TriangleVector.Width(shape[^1]) - 1;
        return width > 0 ? [.. shape[..^1], width, width] : throw new Torch.ShapeMismatchException($"{Name}: the vector must have D (D + 1) / 2 elements, such as 1, 3 or 6, for a D × D matrix; got {shape[^1]}.", nameof(shape));
    }

    /// <inheritdoc/>
    public override long[] InverseShape(long[] shape)
    {
        base.InverseShape(shape);
        return [.. shape[..^2], shape[^1] * (shape[^1] + 1) / 2];
    }

    /// <inheritdoc/>
    protected override object[] Key => [map];

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor x) => map.Forward(ToMatrix(x));

    /// <inheritdoc/>
    protected override Tensor Invert(Tensor y) => TriangleVector.FromMatrix(map.Inverse(y), 0);

    /// <inheritdoc/>
    protected override Tensor ComputeLogAbsDetJacobian(Tensor x, Tensor y) => logDeterminant(ToMatrix(x));

    // The part strictly below the diagonal of a matrix that is one wider holds as many numbers.
    private Tensor ToMatrix(Tensor x)
    {
        long width = ForwardShape(x.shape)[^1];
        return TriangleVector.ToMatrix(x, width + 1).narrow(-2, 1, width).narrow(-1, 0, width);
    }
}
