using ReparamPS.Distributions.Parameters;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>Sets of numbers whose bounds are parameters of a distribution.</summary>
internal static class Bounds
{
    /// <summary>The support between Low and High, by name only: each distribution has its own bounds.</summary>
    public static Constraint BetweenLowAndHigh { get; } = new NamedBound("in [Low, High]", Constraints.Real.Check);

    /// <summary>The support of values that are at least Scale, by name only.</summary>
    public static Constraint AtLeastScale { get; } = new NamedBound("at least Scale", value => value > 0);

    /// <summary>The support of values that are at least Loc, by name only.</summary>
    public static Constraint AtLeastLoc { get; } = new NamedBound("at least Loc (and at most Loc − Scale / Concentration, if Concentration is negative)", Constraints.Real.Check);

    /// <summary>An upper bound, which <see cref="OrderedBounds"/> compares with the lower bound.</summary>
    public static Constraint AboveLow { get; } = new NamedBound("greater than Low", Constraints.Real.Check);

    /// <summary>A finite upper bound, which <see cref="OrderedBounds"/> compares with the lower bound.</summary>
    public static Constraint FiniteAboveLow { get; } = new NamedBound("finite and greater than Low", value => value.isfinite());

    /// <summary>A positive upper bound, which <see cref="OrderedBounds"/> compares with the lower bound.</summary>
    public static Constraint PositiveAboveLow { get; } = new NamedBound("greater than Low", value => value > 0);

    /// <summary>Numbers that are at least a bound.</summary>
    public static Constraint AtLeast(Tensor low, string name) => Between(low, low.new_full([], double.PositiveInfinity), name);

    /// <summary>Numbers between two bounds, which may be infinite.</summary>
    public static Constraint Between(Tensor low, Tensor high, string name) => new BetweenConstraint(low, high, name);

    private sealed class NamedBound(string name, Func<Tensor, Tensor> check) : Constraint(name)
    {
        public override Tensor Check(Tensor value) => check(value);

        public override Tensor InteriorPoint(Tensor value) => ones([], value.dtype, value.device);
    }

    private sealed class BetweenConstraint(Tensor low, Tensor high, string name) : Constraint(name)
    {
        internal override bool DependsOnParameters => true;

        internal override IntervalEnds Interval => new TensorEnds(low, high);

        public override Tensor Check(Tensor value) => (value >= low) & (value <= high);

        protected override bool? IsMetByAll(Tensor value)
        {
            (double min, double max) = TensorQuestions.Range(value);
            return min >= TensorQuestions.Max(low) && max <= TensorQuestions.Min(high) ? true : null;
        }

        // The middle of a bounded interval; otherwise a step inside the only finite bound.
        public override Tensor InteriorPoint(Tensor value)
        {
            Tensor hasLow = low > double.NegativeInfinity, hasHigh = high < double.PositiveInfinity;
            Tensor from = TensorChoice.Where(hasLow, low, 0).detach(), to = TensorChoice.Where(hasHigh, high, 0).detach();
            Tensor open = TensorChoice.Where(hasLow, from + from.abs() + 1, to - to.abs() - 1);
            return TensorChoice.Where(hasLow & hasHigh, from + 0.5 * (to - from), open).to(value.dtype);
        }
    }
}
