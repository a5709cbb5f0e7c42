using System.Numerics.Tensors;

namespace ReparamPS.Optimization;

/// <summary>
/// A line search for the strong Wolfe conditions, by bracketing and cubic interpolation (Nocedal, Wright 2006, algorithms 3.5 and 3.6). A point where the function
/// is undefined counts as too far.
/// </summary>
internal sealed class WolfeSearch(DifferentiableFunction function, int dimension)
{
    private const double Decrease = 1e-4, Curvature = 0.9, Growth = 4;
    private const int MaxTrials = 30;

    private double[] origin = [], direction = [];
    private double startValue, startSlope, slack;
    private int allowed;

    /// <summary>The point found.</summary>
    public double[] Point { get; } = new double[dimension];

    /// <summary>The gradient there.</summary>
    public double[] Gradient { get; } = new double[dimension];

    /// <summary>The value there.</summary>
    public double Value { get; private set; }

    /// <summary>Evaluations of this search.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Searches along a descent direction.</summary>
    /// <returns>Whether a point with a lower value was found.</returns>
    public bool Run(double[] from, double value, double slope, double[] along, double first, int maxEvaluations)
    {
        (origin, direction, startValue, startSlope, allowed, Evaluations) = (from, along, value, slope, Math.Min(MaxTrials, maxEvaluations), 0);
        // Near the minimum, a decrease is below the rounding errors of the values, but slopes are still informative.
        slack = 1e-15 * (1 + Math.Abs(value)) * Math.Sqrt(dimension);
        Trial low = new(0, value, slope), trial = Try(first);
        for (bool isFirst = true; ; isFirst = false)
        {
            if (!trial.IsFinite || IsTooHigh(trial) || (!isFirst && trial.Value >= low.Value + slack)) return Zoom(low, trial);
            if (IsFlat(trial)) return true;
            if (trial.Slope >= 0) return Zoom(trial, low);
            if (Evaluations >= allowed) return trial.Value < startValue;
            (low, trial) = (trial, Try(trial.At * Growth));
        }
    }

    private bool Zoom(Trial low, Trial high)
    {
        while (Evaluations < allowed)
        {
            if (Math.Abs(high.At - low.At) <= 1e-14 * Math.Max(low.At, high.At)) break;
            Trial trial = Try(Between(low, high));
            if (!trial.IsFinite || IsTooHigh(trial) || trial.Value >= low.Value + slack)
            {
                high = trial;
                continue;
            }
            if (IsFlat(trial)) return true;
            if (trial.Slope * (high.At - low.At) >= 0) high = low;
            low = trial;
        }
        // Fall back to the best point so far if it has a lower value.
        if (low.At == 0 || low.Value >= startValue) return false;
        if (Evaluations > 0) Try(low.At);
        return true;
    }

    private bool IsTooHigh(Trial trial) => trial.Value > startValue + Decrease * trial.At * startSlope + slack;

    private bool IsFlat(Trial trial) => Math.Abs(trial.Slope) <= -Curvature * startSlope;

    // The minimum of the cubic through both ends, kept away from them; the middle if the cubic has no minimum.
    private static double Between(Trial low, Trial high)
    {
        double width = high.At - low.At;
        if (!high.IsFinite) return low.At + 0.25 * width;
        double a = low.Slope + high.Slope - 3 * (low.Value - high.Value) / (low.At - high.At), root = a * a - low.Slope * high.Slope;
        if (!(root >= 0)) return low.At + 0.5 * width;
        double b = Math.Sign(width) * Math.Sqrt(root), at = high.At - width * (high.Slope + b - a) / (high.Slope - low.Slope + 2 * b);
        double share = (at - low.At) / width;
        return double.IsFinite(share) ? low.At + Math.Clamp(share, 0.1, 0.9) * width : low.At + 0.5 * width;
    }

    private Trial Try(double at)
    {
        Evaluations++;
        TensorPrimitives.MultiplyAdd<double>(direction, at, origin, Point);
        Value = function(Point, Gradient);
        double slope = TensorPrimitives.Dot<double>(Gradient, direction);
        return new Trial(at, Value, slope);
    }

    private readonly record struct Trial(double At, double Value, double Slope)
    {
        public bool IsFinite => double.IsFinite(Value) && double.IsFinite(Slope);
    }
}
