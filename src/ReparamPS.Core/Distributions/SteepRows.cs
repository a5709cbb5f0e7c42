using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions;

/// <summary>The limits of slopes that a formula leaves NaN.</summary>
/// <param name="at">The distributions of the elements.</param>
/// <param name="result">The function at the elements.</param>
/// <param name="slope">The slopes in the input or in a parameter.</param>
/// <param name="isInInput">Whether the slopes are in the input.</param>
internal delegate Tensor SlopeLimits(Distribution at, Tensor result, Tensor slope, bool isInInput);

/// <summary>
/// Keeps elements with infinite slopes, such as a log-density at an end of the support, away from the gradients of the others. In a formula over a whole batch, an infinite slope
/// times an incoming gradient of 0 is NaN, and a parameter that the batch shares would add it to the other gradients. Such elements are computed apart: their slopes
/// multiply the incoming gradient in steps that keep 0 at 0. On another device than the CPU, a look at the values would make every training step wait, so the formula alone counts.
/// </summary>
internal static class SteepRows
{
    // Rounding of an end by the formula that computed it, in units of the last place.
    private const double EndRounding = 4;

    /// <summary>A function of each element of a batch.</summary>
    /// <param name="distribution">The distribution.</param>
    /// <param name="input">The values or probabilities.</param>
    /// <param name="batch">The shape of the result.</param>
    /// <param name="ends">The set at whose ends slopes can be infinite.</param>
    /// <param name="compute">The function.</param>
    /// <param name="limits">The limits of slopes that the formula leaves NaN.</param>
    public static Tensor Compute(Distribution distribution, Tensor input, long[] batch, Constraint ends, Func<Distribution, Tensor, Tensor> compute, SlopeLimits limits)
    {
        Tensor result = compute(distribution, input);
        if (!result.requires_grad || !is_grad_enabled() || !HostMemory.Holds(result) || result.numel() == 0) return result;
        if (Suspects(input, result, ends, distribution.EventShape.Length) is not { } suspects) return result;
        var all = new Batch(distribution, input, batch);
        if (all.SteepOnes(TensorShapes.ExpandTo(suspects, batch).flatten().nonzero().flatten(), compute, limits) is not { } steep) return result;
        Tensor others = ones(TensorShapes.Count(batch), ScalarType.Bool, input.device).index_fill(0, steep.Index, 0).nonzero().flatten();
        List<Tensor> moving = [];
        all.Choose(steep.Index, rows =>
        {
            moving.Add(rows);
            return rows;
        });
        return all.WithoutSteep(steep.Index, others, compute).index_copy(0, steep.Index, Attach(steep.Values, steep.Slopes, [.. moving, all.Inputs(steep.Index)])).reshape(batch);
    }

    // Elements that are not finite, or very large, or close to an end; null if there are none.
    private static Tensor? Suspects(Tensor input, Tensor result, Constraint ends, int eventDims)
    {
        Tensor x = input.detach(), y = result.detach();
        double large = Math.Cbrt(TorchTypes.Largest(x.dtype)), small = Math.Cbrt(TorchTypes.Tiny(x.dtype)), rounding = EndRounding * TorchTypes.Epsilon(x.dtype);
        double Above(double low) => double.IsInfinity(low) ? -large : low + Math.Max(small, rounding * Math.Abs(low));
        double Below(double high) => double.IsInfinity(high) ? large : high - Math.Max(small, rounding * Math.Abs(high));
        IntervalEnds? interval = ends.IsDiscrete ? null : ends.Interval;
        (double from, double to) = interval switch
        {
            FixedEnds(double a, double b) => (a, b),
            TensorEnds(Tensor a, Tensor b) => (TensorQuestions.Max(a.detach()), TensorQuestions.Min(b.detach())),
            _ => (double.NegativeInfinity, double.PositiveInfinity),
        };
        if (TensorQuestions.AreSurelyBetween(x, Above(from), Below(to)) && double.IsFinite(ManagedValues.ToDoubles(y.sum())[0])) return null;
        Tensor isOrdinary = interval is TensorEnds(Tensor low, Tensor high)
            ? (x > low + (low.abs() * rounding).clamp_min(small)) & (x < high - (high.abs() * rounding).clamp_min(small)) & (x.abs() < large)
            : (x > Above(from)) & (x < Below(to));
        for (int i = 0; i < eventDims; i++) isOrdinary = isOrdinary.all(-1);
        isOrdinary &= y.isfinite();
        return TensorQuestions.All(isOrdinary) ? null : ~isOrdinary;
    }

    private static Tensor Attach(Tensor values, Tensor[] slopes, Tensor[] inputs)
    {
        Tensor result = values;
        foreach ((Tensor slope, Tensor input) in slopes.Zip(inputs).Where(pair => pair.Second.requires_grad))
        {
            // The gradient passes the factors from the last to the first: beyond the largest number, then for NaN times 0. The guard makes second derivatives infinite, since the slopes
            // are constants.
            Tensor zero = Zero(input), isFinite = slope.isfinite(), large = ones_like(slope).masked_fill(~isFinite, TorchTypes.Largest(slope.dtype));
            Tensor guard = (zero * TorchTypes.Largest(slope.dtype)).square();
            result = result + (zero * slope.nan_to_num(0, 1, -1) * large * large + guard).reshape(values.numel(), -1).sum(-1);
        }
        return result;
    }

    // Zeros that pass on their gradient, also for infinite elements.
    private static Tensor Zero(Tensor input)
    {
        Tensor zero = input.clone();
        using var noGrad = no_grad();
        zero.zero_();
        return zero;
    }

    /// <summary>The elements of a distribution and its inputs as rows.</summary>
    private sealed record Batch(Distribution Distribution, Tensor Input, long[] Shape)
    {
        /// <summary>The inputs of some elements.</summary>
        public Tensor Inputs(Tensor index) => Rows(Input, Distribution.EventShape, index);

        /// <summary>The distributions of some elements, with tensors that are changed before use; null if they cannot be told apart.</summary>
        public Distribution? Choose(Tensor index, Func<Tensor, Tensor> change)
        {
            // Rows of parameters that have been checked.
            using var skipped = ConstraintChecks.Skip();
            return Distribution.WithRows((tensor, part) => change(Rows(tensor, part, index)));
        }

        /// <summary>Those of some elements with a slope that is not finite, with their values and slopes; null if there are none.</summary>
        public (Tensor Index, Tensor Values, Tensor[] Slopes)? SteepOnes(Tensor index, Func<Distribution, Tensor, Tensor> compute, SlopeLimits limits)
        {
            List<Tensor> leaves = [];
            Tensor Leaf(Tensor rows)
            {
                leaves.Add(rows.detach().clone().requires_grad_(rows.requires_grad));
                return leaves[^1];
            }

            if (Choose(index, Leaf) is not { } at) return null;
            Tensor result = compute(at, Leaf(Inputs(index))).expand(index.numel());
            if (!result.requires_grad) return null;
            result.sum().backward();
            Tensor[] slopes = [.. leaves.Select(leaf => leaf.grad ?? zeros_like(leaf))];
            Tensor isSteep = slopes.Select(slope => ~slope.isfinite().reshape(index.numel(), -1).all(-1)).Aggregate((all, one) => all | one);
            if (!TensorQuestions.Any(isSteep)) return null;
            using (no_grad())
                slopes = [.. slopes.Select((slope, i) => TensorQuestions.Any(slope.isnan()) ? limits(at, result.detach().reshape([-1, .. slope.shape[1..].Select(_ => 1L)]), slope, i == slopes.Length - 1) : slope)];
            Tensor chosen = isSteep.nonzero().flatten();
            return (index.index_select(0, chosen), result.detach().index_select(0, chosen), [.. slopes.Select(slope => slope.index_select(0, chosen))]);
        }

        /// <summary>The function of all elements in a row, with other numbers in the place of steep ones.</summary>
        public Tensor WithoutSteep(Tensor steep, Tensor others, Func<Distribution, Tensor, Tensor> compute)
        {
            long count = TensorShapes.Count(Shape);
            // A row of a vector's parameters, such as a covariance matrix, can be much larger than that of its value. The value alone makes it steep.
            if (Distribution.EventShape.Length > 0)
            {
                Tensor tame = others.numel() > 0 ? Inputs(others.narrow(0, 0, 1)).detach() : Distribution.Support.InteriorPoint(Inputs(steep.narrow(0, 0, 1)));
                Tensor values = Inputs(arange(count, device: steep.device)).index_copy(0, steep, tame.expand([steep.numel(), .. Distribution.EventShape]));
                return TensorShapes.ExpandTo(compute(Distribution, values.reshape([.. Shape, .. Distribution.EventShape])), Shape).flatten();
            }
            Tensor all = zeros([count], Input.dtype, Input.device);
            return others.numel() == 0 ? all : all.index_copy(0, others, compute(Choose(others, rows => rows)!, Inputs(others)).expand(others.numel()));
        }

        private Tensor Rows(Tensor source, long[] part, Tensor index) => source.expand([.. Shape, .. part]).reshape([-1, .. part]).index_select(0, index);
    }
}
