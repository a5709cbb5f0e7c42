using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>Points of a set, and what transforms make of them.</summary>
/// <param name="Inside">A value in the set.</param>
/// <param name="Ends">The lowest and the highest numbers that elements reach or approach; empty if these are unknown.</param>
/// <param name="Largest">The largest number on the way, which tells how far the ends are rounded.</param>
internal sealed record ValuePoints(Tensor Inside, Tensor[] Ends, double Largest)
{
    private const double Roundings = 64;

    // Values of which a set of counts has some.
    private static readonly double[] Counts = [0, 1, 2, 10, 1000];

    /// <summary>Whether the value inside is NaN, so that nothing can be said.</summary>
    public bool AreUnknown => TensorQuestions.Any(Inside.isnan());

    /// <summary>Points of a set; null if it is known by name only.</summary>
    /// <param name="set">The set.</param>
    /// <param name="like">A tensor with the shape, type and device of a value.</param>
    public static ValuePoints? Of(Constraint set, Tensor like)
    {
        switch (set)
        {
            case NamedConstraint:
                return null;
            case IndependentConstraint many:
                return Of(many.Inner, like);
            case AnyComponentConstraint union:
                return Of(union.Component, like.unsqueeze(-1 - union.ValueDims))?.OfAll(-1 - union.ValueDims, like.dim());
            case ImageConstraint image:
                return Of(image.Source, like.new_zeros(image.Parts.Reverse().Aggregate(like.shape, (shape, part) => part.InverseShape(shape))))?.After(image.Parts);
            case { Interval: FixedEnds(double low, double high), IsDiscrete: false }:
                return Between(like.new_full([], low), like.new_full([], high), like);
            case { Interval: TensorEnds(Tensor low, Tensor high), IsDiscrete: false }:
                return Between(low.to(like.dtype, like.device), high.to(like.dtype, like.device), like);
            case { EventDims: 0, IsDiscrete: true }:
                Tensor lowest = set.InteriorPoint(like).expand(like.shape);
                Tensor[] reached = set.Interval is TensorEnds { High: { } highest } ? [highest.to(like.dtype, like.device) + like] : [.. Counts.Select(count => where(set.Check(like + count), like + count, lowest))];
                return new(lowest, [lowest, .. reached], LargestOf(reached));
        }
        if (ImageConstraint.IsAnything(set)) return Between(like.new_full([], double.NegativeInfinity), like.new_full([], double.PositiveInfinity), like);
        (double Low, double High)? reach = set == Simplex || set == OneHot ? (0, 1) : set == UnitVector ? (-1, 1) : set == PositiveVector ? (0, double.PositiveInfinity) : null;
        return new(set.InteriorPoint(like).expand(like.shape), reach is { } ends ? [like + ends.Low, like + ends.High] : [], 1);
    }

    /// <summary>Whether a point lies outside a set, by more than rounding.</summary>
    public bool AreOutside(Constraint set) => set switch
    {
        NamedConstraint => false,
        _ when ImageConstraint.IsAnything(set) => false,
        IndependentConstraint many => AreOutside(many.Inner),
        PiecesConstraint pieces => Each(value => value.split(pieces.Lengths, pieces.Dim)).Zip(pieces.Parts).Any(pair => pair.First.AreOutside(pair.Second)),
        SlicesConstraint slices => Each(value => value.unbind(slices.Dim)).Zip(slices.Parts).Any(pair => pair.First.AreOutside(pair.Second)),
        { Interval: FixedEnds(double low, double high), IsDiscrete: false } and not ImageConstraint => AreBeyond(Inside.new_full([], low), Inside.new_full([], high)),
        { Interval: TensorEnds(Tensor low, Tensor high), IsDiscrete: false } => AreBeyond(low.to(Inside.dtype, Inside.device), high.to(Inside.dtype, Inside.device)),
        _ => !set.IsMetBy(Inside),
    };

    /// <summary>The points after a transform.</summary>
    public ValuePoints After(Transform part)
    {
        Tensor inside = part.Forward(Inside);
        Tensor[] ends = IsElementwise(part.Domain) ? [.. Ends.Select(part.Forward)] : [];
        return new(inside, ends, Math.Max(Largest, LargestOf([inside, .. ends])));
    }

    /// <summary>What is outside a set, as text: the lowest and the highest number, or an example if numbers alone do not tell or are unknown.</summary>
    public string Found(Constraint set) => (Ends.Length > 0 && IsElementwise(set)) || set.IsMetBy(Inside) ? Range() : $"such as {Violation.FirstOutside(set, Inside, set.Check(Inside))}";

    private string Range()
    {
        double[] all = [.. Ends.Prepend(Inside).SelectMany(value => ManagedValues.ToDoubles(value)).Where(value => !double.IsNaN(value))];
        return $"from {TensorText.Exact(all.Min(), Inside.dtype)} to {TensorText.Exact(all.Max(), Inside.dtype)}";
    }

    private ValuePoints After(IReadOnlyList<Transform> parts) => parts.SelectMany(DomainCheck.Flat).Aggregate(this, (points, part) => points.After(part));

    // Elements at different places inside, since vectors of equal numbers belong to more sets than others.
    private static ValuePoints Between(Tensor low, Tensor high, Tensor like)
    {
        Tensor places = ((arange(like.numel(), dtype: like.dtype, device: like.device) + 1) * 0.6180339887).frac().reshape(like.shape);
        Tensor hasLow = low.isfinite(), hasHigh = high.isfinite(), from = low.nan_to_num(0, 0, 0), to = high.nan_to_num(0, 0, 0);
        Tensor inside = where(hasLow & hasHigh, from + places * (to - from), where(hasLow, from + places, where(hasHigh, to - places, 2 * places - 1)));
        return new(inside, [low + like, high + like], LargestOf([from, to]));
    }

    // The components of a mixture lie along a dimension: a draw can be of any.
    private ValuePoints OfAll(int dim, long dims) => this with
    {
        Inside = Inside.select(dim, 0), Ends = [.. Ends.Select(end => end.amin([dim])), .. Ends.Select(end => end.amax([dim]))],
    };

    private ValuePoints[] Each(Func<Tensor, Tensor[]> cut)
    {
        Tensor[] inside = cut(Inside);
        Tensor[][] ends = [.. Ends.Select(cut)];
        return [.. inside.Select((piece, i) => new ValuePoints(piece, [.. ends.Select(end => end[i])], Largest))];
    }

    private bool AreBeyond(Tensor low, Tensor high)
    {
        double slack = Roundings * TorchTypes.Epsilon(Inside.dtype) * Largest;
        return Ends.Prepend(Inside).Any(value => TensorQuestions.Any((value < low - slack) | (value > high + slack)));
    }

    private static double LargestOf(Tensor[] values) => values.Max(value => TensorQuestions.Max(value.nan_to_num(0, 0, 0).abs()));

    private static bool IsElementwise(Constraint set) => set switch
    {
        IndependentConstraint many => IsElementwise(many.Inner),
        PiecesConstraint pieces => pieces.Parts.All(IsElementwise),
        SlicesConstraint slices => slices.Parts.All(IsElementwise),
        _ => set.EventDims == 0,
    };
}
