using ReparamPS.Distributions.Constraints;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>
/// Parameters at an end of their range, such as a probability of 0 or 1. There, values can have probability 0 and still a derivative, which the formula p ∂ log p does not
/// show. Derivatives are extrapolated from two points inside the range.
/// </summary>
internal static class RangeEnds
{
    // 1 minus it is exact, and its square is far below rounding.
    private const double Step = 1.0 / (1L << 40);

    /// <summary>The problem with such parameters moved into their range; null if there are none.</summary>
    /// <param name="problem">The problem, in float64.</param>
    /// <param name="steps">The number of steps of equal size.</param>
    public static EstimationProblem? Inside(EstimationProblem problem, int steps) => Moved(problem, steps) is { Count: > 0 } moved ? problem.With(moved) : null;

    /// <summary>The paths of such parameters.</summary>
    /// <param name="problem">The problem, in float64.</param>
    public static string[] Paths(EstimationProblem problem) => [.. Moved(problem, 1).Keys];

    private static Dictionary<string, Tensor> Moved(EstimationProblem problem, int steps) =>
        problem.Leaves.Select(leaf => (leaf.Path, Value: Moved(leaf, steps))).Where(pair => pair.Value is not null).ToDictionary(pair => pair.Path, pair => pair.Value!);

    private static Tensor? Moved(ParameterLeaf leaf, int steps)
    {
        Tensor value = leaf.Value;
        bool isWeights = ReferenceEquals(leaf.Constraint, Constraints.Weights) || ReferenceEquals(leaf.Constraint, Constraints.Simplex);
        IntervalEnds? ends = isWeights ? new FixedEnds(0, double.PositiveInfinity) : leaf.Constraint.Interval;
        if (ends is not FixedEnds(double low, double high) || value.numel() == 0) return null;
        // 1 / p overflows for p below the normal numbers.
        Tensor isLow = value - low < TorchTypes.Tiny(ScalarType.Float64), isHigh = value == high;
        if (!TensorQuestions.Any(isLow | isHigh)) return null;
        Tensor step = steps * Step * (isWeights ? value.amax([-1], keepdim: true) : ones([], value.dtype, value.device));
        return where(isLow, low + step, where(isHigh, high - step, value));
    }
}
