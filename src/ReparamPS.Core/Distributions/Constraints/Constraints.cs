using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Constraints;

/// <summary>The named sets, as in <c>torch.distributions.constraints</c>.</summary>
public static class Constraints
{
    // Must stay before the sets that use them: static members are initialized in textual order.
    private static readonly FixedEnds AboveZero = new(0, double.PositiveInfinity), ZeroToOne = new(0, 1);

    /// <summary>Any number except NaN.</summary>
    public static Constraint Real { get; } = new Predicate("real", value => value.isnan().logical_not(), (min, _) => !double.IsNaN(min), 0, ends: new FixedEnds(double.NegativeInfinity, double.PositiveInfinity));

    /// <summary>Any number except NaN and the infinities.</summary>
    public static Constraint Finite { get; } = new Predicate("finite", value => value.isfinite(), (min, max) => double.IsFinite(min) && double.IsFinite(max), 0);

    /// <summary>Numbers greater than 0.</summary>
    public static Constraint Positive { get; } = new Predicate("positive", value => value > 0, (min, _) => min > 0, 1, ends: AboveZero);

    /// <summary>Numbers that are at least 0.</summary>
    public static Constraint NonNegative { get; } = new Predicate("non-negative", value => value >= 0, (min, _) => min >= 0, 1, ends: AboveZero);

    /// <summary>Any number except 0 and NaN.</summary>
    public static Constraint NonZero { get; } = new Predicate("non-zero", value => (value > 0) | (value < 0), null, 1);

    /// <summary>The closed interval from 0 to 1.</summary>
    public static Constraint UnitInterval { get; } = new Predicate("in [0, 1]", value => (value >= 0).logical_and(value <= 1), (min, max) => min >= 0 && max <= 1, 0.5, ends: ZeroToOne);

    /// <summary>Numbers greater than 0 and at most 1.</summary>
    public static Constraint PositiveUnitInterval { get; } = new Predicate("in (0, 1]", value => (value > 0).logical_and(value <= 1), (min, max) => min > 0 && max <= 1, 0.5, ends: ZeroToOne);

    /// <summary>Numbers that are at least 0 and less than 1.</summary>
    public static Constraint UnitIntervalBelowOne { get; } = new Predicate("in [0, 1)", value => (value >= 0).logical_and(value < 1), (min, max) => min >= 0 && max < 1, 0.5, ends: ZeroToOne);

    /// <summary>0 or 1.</summary>
    public static Constraint Boolean { get; } = new Predicate("0 or 1", value => (value == 0).logical_or(value == 1), (min, max) => min >= 0 && max <= 1, 0, isDiscrete: true);

    /// <summary>0, 1, 2, …</summary>
    public static Constraint NonNegativeInteger { get; } =
        new Predicate("non-negative integer", value => (value >= 0).logical_and(value == value.floor()).logical_and(value.isinf().logical_not()), IsCount, 0, isDiscrete: true);

    /// <summary>Vectors of real numbers.</summary>
    public static Constraint RealVector { get; } = new VectorPredicate("real vector", value => value.isnan().logical_not().all(-1), value => zeros_like(value), value => !double.IsNaN(TensorQuestions.Range(value).Min), each: value => value.isnan().logical_not());

    /// <summary>Vectors of finite numbers that are not all 0.</summary>
    public static Constraint NonZeroVector { get; } = new VectorPredicate(
        "vector of finite numbers, not all 0", value => value.isfinite().all(-1) & (value != 0).any(-1), value => ones_like(value), each: value => value.isfinite());

    /// <summary>Vectors of length 1, where the squared length may deviate by 1e-6.</summary>
    public static Constraint UnitVector { get; } = new VectorPredicate(
        "unit vector",
        value => (value.square().sum(-1) - 1).abs() < 1e-6,
        value => full_like(value, 1 / Math.Sqrt(value.shape[^1])),
        value => IsNearOne(value.square(), 1e-6));

    /// <summary>Vectors of positive numbers.</summary>
    public static Constraint PositiveVector { get; } = new VectorPredicate("vector of positive numbers", value => (value > 0).all(-1), value => ones_like(value), value => TensorQuestions.Range(value).Min > 0, each: value => value > 0);

    /// <summary>Vectors of finite, non-negative numbers that are not all 0: the relative weights of categories.</summary>
    public static Constraint Weights { get; } = new VectorPredicate(
        "vector of finite, non-negative numbers with a positive sum",
        value => value.isfinite().logical_and(value >= 0).all(-1).logical_and(value.sum(-1) > 0), value => ones_like(value),
        value => TensorQuestions.Range(value) is { Min: >= 0, Max: < double.PositiveInfinity } && TensorQuestions.Range(TensorFunctions.SumLast(value)).Min > 0,
        each: value => value.isfinite().logical_and(value >= 0));

    /// <summary>Vectors of logarithms of weights: less than ∞, not NaN, and not all −∞.</summary>
    public static Constraint LogWeights { get; } = new VectorPredicate(
        "vector of numbers below ∞, not all −∞", value => (value < double.PositiveInfinity).all(-1).logical_and(value.isfinite().any(-1)), value => zeros_like(value), each: value => value < double.PositiveInfinity);

    /// <summary>Vectors of zeros with a single 1.</summary>
    public static Constraint OneHot { get; } = new VectorPredicate(
        "one-hot vector",
        value => (value == 0).logical_or(value == 1).all(-1).logical_and(value.sum(-1) == 1),
        value => nn.functional.one_hot(zeros([], ScalarType.Int64, value.device), value.shape[^1]).to(value.dtype),
        value => TensorQuestions.Range(value) is { Min: >= 0, Max: <= 1 } && AreWhole(value) && TensorQuestions.Range(TensorFunctions.SumLast(value)) is { Min: 1, Max: 1 },
        isDiscrete: true);

    /// <summary>Vectors of non-negative integers that sum to a count.</summary>
    public static Constraint Counts { get; } = new VectorPredicate(
        "vector of counts", value => (value >= 0).logical_and(value == value.floor()).all(-1), value => zeros_like(value), AreCounts, isDiscrete: true, each: value => (value >= 0).logical_and(value == value.floor()));

    /// <summary>Vectors of non-negative numbers that sum to 1 within 1e-6, PyTorch's tolerance.</summary>
    public static Constraint Simplex { get; } = new VectorPredicate(
        "probability vector", value => (value >= 0).all(-1).logical_and((value.sum(-1) - 1).abs() < 1e-6), value => full_like(value, 1.0 / value.shape[^1]),
        value => TensorQuestions.Range(value).Min >= 0 && IsNearOne(value, 1e-6), each: value => value >= 0);

    /// <summary>Lower-triangular matrices with a positive diagonal.</summary>
    public static Constraint LowerCholesky { get; } = new MatrixPredicate(
        "lower-triangular matrix with a positive diagonal",
        value => (value.tril() == value).flatten(-2).all(-1).logical_and((value.diagonal(dim1: -2, dim2: -1) > 0).all(-1)),
        Violation.InLowerTriangular);

    /// <summary>Symmetric positive definite matrices.</summary>
    public static Constraint PositiveDefinite { get; } = new MatrixPredicate("symmetric positive definite matrix", IsPositiveDefinite, value => Violation.InSymmetric(value, IsSymmetric(value)));

    /// <summary>The same set, for values that are factored in float64 later: float32 would judge nearly singular ones differently.</summary>
    internal static Constraint PositiveDefiniteInDouble { get; } = new MatrixPredicate(PositiveDefinite.Name, value => IsPositiveDefinite(value.to(ScalarType.Float64)), PositiveDefinite.Fault);

    /// <summary>Cholesky factors of correlation matrices: lower-triangular, with a positive diagonal and rows of length 1.</summary>
    public static Constraint CorrCholesky { get; } = new MatrixPredicate(
        "Cholesky factor of a correlation matrix",
        value => LowerCholesky.Check(value) & HaveUnitNorm(value).all(-1),
        value => Violation.InLowerTriangular(value) ?? Violation.InUnitRows(value, HaveUnitNorm(value)));

    /// <summary>The closed interval between two numbers.</summary>
    public static Constraint Between(double low, double high) =>
        new Predicate(FormattableString.Invariant($"in [{low}, {high}]"), value => (value >= low) & (value <= high), (min, max) => min >= low && max <= high, (low + high) / 2, ends: new FixedEnds(low, high));

    /// <summary>Numbers greater than a bound.</summary>
    public static Constraint GreaterThan(double low) => new Predicate(FormattableString.Invariant($"greater than {low}"), value => value > low, (min, _) => min > low, low + 1, ends: new FixedEnds(low, double.PositiveInfinity));

    /// <summary>Another set, with additional dimensions per value.</summary>
    public static Constraint Independent(Constraint constraint, int dims) => dims == 0 ? constraint : new IndependentConstraint(constraint, dims);

    /// <summary>The union of the supports of a mixture's components, whose values have the given number of dimensions.</summary>
    internal static Constraint AnyComponent(Constraint constraint, int valueDims) => new AnyComponentConstraint(constraint, valueDims);

    /// <summary>A different set for each consecutive piece of a dimension.</summary>
    public static Constraint Pieces(IReadOnlyList<Constraint> constraints, int dim, long[] lengths) => new PiecesConstraint(constraints, dim, lengths);

    /// <summary>A different set for each slice of a dimension.</summary>
    public static Constraint Slices(IReadOnlyList<Constraint> constraints, int dim) => new SlicesConstraint(constraints, dim);

    /// <summary>The integers from 0 to a bound, which may be a tensor.</summary>
    public static Constraint IntegersUpTo(Tensor high, string name) => new IntegerIntervalConstraint(high, name);

    /// <summary>Vectors of non-negative integers that sum to the given counts.</summary>
    public static Constraint CountsOf(Tensor total) => new CountsConstraint(total);

    /// <summary>The non-negative integers, with a name that states a bound that depends on parameters.</summary>
    public static Constraint BoundedIntegers(string name) => new Predicate(name, NonNegativeInteger.Check, IsCount, 0, isDiscrete: true);

    /// <summary>A set that depends on parameters, which its name states: any numbers, or any vectors, matrices and so on.</summary>
    public static Constraint Named(string name, int eventDims = 0) => new NamedConstraint(name, eventDims);

    // Which rows have Euclidean norm 1.
    private static Tensor HaveUnitNorm(Tensor value) => (value.square().sum(-1) - 1).square() < CorrelationTolerance(value);

    private static double CorrelationTolerance(Tensor value) => Math.Pow(TorchTypes.Epsilon(value.dtype) * value.shape[^1] * 10, 2);

    private static Tensor IsPositiveDefinite(Tensor value)
    {
        Tensor symmetric = IsSymmetric(value).flatten(-2).all(-1);
        Tensor positive = linalg.cholesky_ex(value).info == 0;
        return symmetric.logical_and(positive);
    }

    private static Tensor IsSymmetric(Tensor value) => isclose(value, value.mT, rtol: 1e-6, atol: 1e-6);

    private static bool IsCount(double min, double max) => min >= 0 && max < double.PositiveInfinity;

    private static bool AreWhole(Tensor value) => TensorQuestions.Range(value.frac()) is { Min: 0, Max: 0 };

    // Infinities are left to Check.
    private static bool? AreCounts(Tensor value)
    {
        (double min, double max) = TensorQuestions.Range(value);
        return double.IsInfinity(max) ? null : min >= 0 && AreWhole(value);
    }

    private static bool IsNearOne(Tensor parts, double tolerance) => TensorQuestions.Range(TensorFunctions.SumLast(parts).sub_(1).abs_()).Max < tolerance;

    private sealed class Predicate(string name, Func<Tensor, Tensor> check, Func<double, double, bool>? isRangeInside, double interior, bool isDiscrete = false, IntervalEnds? ends = null) : Constraint(name, 0, isDiscrete)
    {
        internal override IntervalEnds? Interval => ends;

        public override Tensor Check(Tensor value) => check(value);

        public override Tensor InteriorPoint(Tensor value) => full([], interior, value.dtype, value.device);

        protected override bool? IsMetByAll(Tensor value)
        {
            if (isRangeInside is null) return null;
            (double min, double max) = TensorQuestions.Range(value);
            return isRangeInside(min, max) && (!IsDiscrete || AreWhole(value));
        }
    }

    private sealed class VectorPredicate(string name, Func<Tensor, Tensor> check, Func<Tensor, Tensor> interior, Func<Tensor, bool?>? areInside = null, bool isDiscrete = false, Func<Tensor, Tensor>? each = null) : Constraint(name, 1, isDiscrete)
    {
        internal override string? Fault(Tensor value) => each is null ? null : Violation.InVector(value, each(value));

        public override Tensor Check(Tensor value) => check(value);

        public override Tensor InteriorPoint(Tensor value) => interior(value);

        protected override bool? IsMetByAll(Tensor value) => areInside?.Invoke(value);
    }

    private sealed class MatrixPredicate(string name, Func<Tensor, Tensor> check, Func<Tensor, string?> fault) : Constraint(name, 2)
    {
        internal override string? Fault(Tensor value) => fault(value);

        public override Tensor Check(Tensor value) => check(value);

        public override Tensor InteriorPoint(Tensor value) => eye(value.shape[^1], dtype: value.dtype, device: value.device);
    }

    private sealed class IntegerIntervalConstraint(Tensor high, string name) : Constraint(name, 0, isDiscrete: true)
    {
        internal override IntervalEnds Interval => new TensorEnds(high.new_zeros([]), high);

        public override Tensor Check(Tensor value) => (value >= 0).logical_and(value == value.floor()).logical_and(value <= high);

        public override Tensor InteriorPoint(Tensor value) => full([], 0, value.dtype, value.device);

        // A bound per value is left to Check.
        protected override bool? IsMetByAll(Tensor value) =>
            AreCounts(value) is { } areCounts && (!areCounts || TensorQuestions.Range(value).Max <= TensorQuestions.Min(high)) ? areCounts : null;
    }

    private sealed class CountsConstraint(Tensor total) : Constraint(Counts.Name, 1, isDiscrete: true)
    {
        public override Tensor Check(Tensor value) => Counts.Check(value).logical_and(value.sum(-1) == total);

        public override Tensor InteriorPoint(Tensor value) => zeros_like(value);

        protected override bool? IsMetByAll(Tensor value) => AreCounts(value) is { } areCounts ? areCounts && TensorQuestions.Range(TensorFunctions.SumLast(value) - total) is { Min: 0, Max: 0 } : null;
    }
}
