using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static ReparamPS.Distributions.Constraints.Constraints;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Transforms;

/// <summary>What a chain of bijections makes of a set. Outside it are the values that are not in the codomain of one of the transforms on the way back, or whose origin is not in the set.</summary>
internal sealed class ImageConstraint(Constraint source, IReadOnlyList<Transform> parts, int eventDims) : Constraint(source.Name, eventDims, source.IsDiscrete)
{
    // Rounding of a value moves its origin by about that, relative to the larger of 1 and the origin. In float32, with a location of up to 100 scales.
    private const double Rounding = 1e-5;

    private const long Many = 1000;

    private string? name;

    /// <summary>The set of the origins.</summary>
    public Constraint Source => source;

    /// <summary>The transforms, in the order in which they apply.</summary>
    public IReadOnlyList<Transform> Parts => parts;

    /// <inheritdoc/>
    public override string Name => name ??= ReadName();

    internal override bool DependsOnParameters => source.DependsOnParameters || IsMoved();

    internal override IntervalEnds? Interval => EventDims == 0 ? parts[^1].Codomain.Interval : null;

    private bool NeedsOrigin => IsDiscrete || !IsAnything(source);

    private bool IsMonotone => EventDims == 0 && parts.All(part => part.IsMonotone);

    /// <summary>The set of outputs of bijections, given that of their inputs.</summary>
    public static Constraint Of(Constraint source, IReadOnlyList<Transform> parts, int eventDims)
    {
        Constraint last = parts[^1].Codomain;
        bool isLast = !source.IsDiscrete && IsAnything(source) && parts.SkipLast(1).All(part => IsAnything(part.Codomain));
        return isLast || !parts.All(part => part.IsBijective) ? Independent(last, Math.Max(0, eventDims - last.EventDims)) : new ImageConstraint(source, parts, eventDims);
    }

    public override Tensor Check(Tensor value)
    {
        using var frozen = TransformCache.Freeze();
        (Tensor inside, Tensor origin, int dims) = Trace(value);
        if (!NeedsOrigin) return inside;
        if (!IsDiscrete) return inside & Reduced(source.Check(origin), dims - source.EventDims);
        Tensor nearest = source.Nearest(origin);
        return Reduced(source.Check(nearest), dims - source.EventDims) & IsRounded(value, origin, nearest, inside, dims);
    }

    // A draw's chain yields a point inside all codomains.
    public override Tensor InteriorPoint(Tensor value)
    {
        using var frozen = TransformCache.Freeze();
        using var noGrad = no_grad();
        if (EventDims == 0) return Forward(source.InteriorPoint(value));
        long[] shape = parts.Reverse().Aggregate(value.shape, (size, part) => part.InverseShape(size));
        return Forward(source.InteriorPoint(value.new_zeros(shape)).expand(shape));
    }

    internal override Tensor Nearest(Tensor value)
    {
        using var frozen = TransformCache.Freeze();
        return Forward(source.Nearest(Trace(value).Origin));
    }

    /// <summary>The origins of values of a discrete set of single numbers, without their rounding.</summary>
    public Tensor Snapped(Tensor value, Tensor origin)
    {
        using var frozen = TransformCache.Freeze();
        Tensor nearest = source.Nearest(origin);
        return TensorChoice.Where(IsRounded(value, origin, nearest, ones_like(nearest, ScalarType.Bool), 0), nearest, origin);
    }

    // Monotone maps keep the order, so the extremes decide for an interval.
    protected override bool? IsMetByAll(Tensor value)
    {
        if (value.numel() < Many || IsDiscrete || !IsMonotone || source.Interval is null) return null;
        (double min, double max) = TensorQuestions.Range(value);
        return TensorQuestions.All(Check(tensor(min, value.dtype, value.device)) & Check(tensor(max, value.dtype, value.device))) ? true : null;
    }

    // Whether gradients of the transforms move the set.
    private bool IsMoved()
    {
        Transform[] chain = [.. parts.SelectMany(DomainCheck.Flat)];
        // All numbers stay all numbers.
        if (!NeedsOrigin) chain = [.. chain.SkipWhile(part => IsAnything(part.Codomain))];
        if (!Array.Exists(chain, part => part.RequiresGrad)) return false;
        Constraint elements = source;
        while (elements is IndependentConstraint many) elements = many.Inner;
        FixedEnds? ends = NeedsOrigin ? elements.Interval as FixedEnds : new FixedEnds(double.NegativeInfinity, double.PositiveInfinity);
        // Of other sets it is not known, and each value of a discrete one moves.
        if (IsDiscrete || ends is null || !Array.TrueForAll(chain, part => part.IsMonotone) || !parts.SelectMany(part => part.Tensors).All(TensorQuestions.HasValues)) return true;
        using var scope = NewDisposeScope();
        using var frozen = TransformCache.Freeze();
        using var noGrad = no_grad();
        Tensor low = Number(ends.Low), high = Number(ends.High);
        foreach (Transform part in chain)
        {
            // The image of a whole domain is the whole codomain.
            if (part.Domain.Interval is FixedEnds from && part.Codomain.Interval is FixedEnds to && TensorQuestions.All((low == from.Low) & (high == from.High)))
            {
                (low, high) = (Number(to.Low), Number(to.High));
                continue;
            }
            Tensor first = part.Forward(low), second = part.Forward(high);
            if (part.MovesAt(low, first) || part.MovesAt(high, second)) return true;
            (low, high) = (minimum(first, second), maximum(first, second));
        }
        return false;
    }

    private Tensor Forward(Tensor x) => parts.Aggregate(x, (value, part) => part.Forward(value));

    // A draw is what the chain makes of its origin; a value as typed is that up to rounding.
    private Tensor IsRounded(Tensor value, Tensor origin, Tensor nearest, Tensor inside, int dims)
    {
        Tensor isSame = Reduced(Forward(nearest) == value, EventDims);
        Tensor isNear = Reduced((origin - nearest).abs() <= nearest.abs().clamp_min(1) * Rounding, dims);
        return isSame | (isNear & inside);
    }

    // Which values are in the codomains, the origins if they matter, and the dimensions of one origin.
    private (Tensor Inside, Tensor Origin, int Dims) Trace(Tensor value)
    {
        int dims = EventDims, first = NeedsOrigin ? 0 : parts.TakeWhile(part => IsAnything(part.Codomain)).Count();
        Tensor given = value;
        Tensor? inside = null;
        for (int i = parts.Count - 1; i >= first; i--)
        {
            Transform part = parts[i];
            Constraint set = part.Codomain;
            if (!IsAnything(set))
            {
                Tensor met = set.Check(value), all = Reduced(met, dims - set.EventDims);
                inside = inside is null ? all : inside & all;
                // Outside, the inverse of a matrix can be an error.
                if (set.EventDims > 0) value = TensorChoice.Where(Widened(met, set.EventDims), value, set.InteriorPoint(value));
            }
            if (i == first && !NeedsOrigin) break;
            value = part.Inverse(value);
            dims += part.Domain.EventDims - set.EventDims;
        }
        return (inside ?? Reduced(given.isnan().logical_not(), EventDims), value, dims);
    }

    /// <summary>Whether a set has all numbers, or all vectors, matrices and so on.</summary>
    internal static bool IsAnything(Constraint set) => set == Real || set == RealVector || set switch
    {
        IndependentConstraint many => IsAnything(many.Inner),
        AnyComponentConstraint union => IsAnything(union.Component),
        _ => false,
    };

    private static Tensor Reduced(Tensor check, int dims) => PiecesConstraint.Reduced(check, dims);

    private static Tensor Widened(Tensor check, int dims)
    {
        for (int i = 0; i < dims; i++) check = check.unsqueeze(-1);
        return check;
    }

    // An interval by its ends, if these are numbers.
    private string ReadName()
    {
        if (!IsDiscrete && IsMonotone && EndsOf() is { } ends)
        {
            string low = TensorText.Number(ends.Low), high = TensorText.Number(ends.High);
            if (ends is (0, double.PositiveInfinity)) return (IsEnd(0) ? NonNegative : Positive).Name;
            return (double.IsFinite(ends.Low), double.IsFinite(ends.High)) switch
            {
                (true, true) => $"in [{low}, {high}]",
                (true, false) => IsEnd(ends.Low) ? $"at least {low}" : $"greater than {low}",
                (false, true) => IsEnd(ends.High) ? $"at most {high}" : $"less than {high}",
                _ => Real.Name,
            };
        }
        return $"{source.Name}, transformed by {string.Join(", ", parts.Select(part => part.Name))}";
    }

    private bool IsEnd(double end)
    {
        using var scope = NewDisposeScope();
        return TensorQuestions.All(Check(Number(end)));
    }

    // A number without dimensions mixes with tensors of every device.
    private static Tensor Number(double value) => tensor(value, device: CPU);

    private (double Low, double High)? EndsOf()
    {
        if (source.Interval is not FixedEnds ends) return null;
        using var scope = NewDisposeScope();
        using var frozen = TransformCache.Freeze();
        using var noGrad = no_grad();
        foreach (Transform part in parts)
        {
            // The ends of a codomain are limits, which the map can miss.
            if (ends == part.Domain.Interval && part.Codomain.Interval is FixedEnds whole && whole != Real.Interval)
            {
                ends = whole;
                continue;
            }
            Tensor low = part.Forward(Number(ends.Low)), high = part.Forward(Number(ends.High));
            if (low.numel() != 1 || high.numel() != 1 || !TensorQuestions.HasValues(low)) return null;
            double[] both = [ManagedValues.ToDoubles(low)[0], ManagedValues.ToDoubles(high)[0]];
            ends = new FixedEnds(both.Min(), both.Max());
        }
        return double.IsNaN(ends.Low) ? null : (ends.Low, ends.High);
    }
}
