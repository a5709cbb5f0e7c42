using System.Numerics.Tensors;

namespace ReparamPS.Optimization;

/// <summary>Why an optimization ended.</summary>
internal enum LbfgsEnd
{
    /// <summary>The gradient norm has reached the tolerance.</summary>
    Converged,

    /// <summary>No step along the gradient improves the value: rounding errors, or a wrong gradient.</summary>
    NoProgress,

    /// <summary>The allowed evaluations are used up.</summary>
    EvaluationLimit,

    /// <summary>The function or its gradient is not finite at the start.</summary>
    Undefined,
}

/// <summary>Where and how an optimization ended.</summary>
/// <param name="Value">The smallest value found.</param>
/// <param name="GradientNorm">The Euclidean norm of the gradient there.</param>
/// <param name="Evaluations">Gradient evaluations.</param>
/// <param name="End">Why it ended.</param>
internal readonly record struct LbfgsResult(double Value, double GradientNorm, int Evaluations, LbfgsEnd End);

/// <summary>A function to minimize: writes its gradient and returns its value; a value that is not finite marks a point where the function is undefined.</summary>
internal delegate double DifferentiableFunction(ReadOnlySpan<double> at, Span<double> gradient);

/// <summary>
/// L-BFGS with a line search for the strong Wolfe conditions (Nocedal, Wright 2006, algorithms 7.4, 7.5 and 3.5) on plain doubles, for deterministic functions.
/// </summary>
internal sealed class Lbfgs(DifferentiableFunction function, int memory = 20)
{
    private readonly List<(double[] Step, double[] Change, double Scale)> pairs = [];

    /// <summary>Minimizes the function.</summary>
    /// <param name="at">The start; afterwards the end.</param>
    /// <param name="tolerance">The gradient norm to stop at.</param>
    /// <param name="maxEvaluations">The maximum number of gradient evaluations.</param>
    public LbfgsResult Minimize(double[] at, double tolerance, int maxEvaluations)
    {
        pairs.Clear();
        double[] gradient = new double[at.Length], direction = new double[at.Length];
        double value = function(at, gradient);
        int evaluations = 1;
        if (!double.IsFinite(value) || !AreFinite(gradient)) return new LbfgsResult(value, double.NaN, evaluations, LbfgsEnd.Undefined);
        var search = new WolfeSearch(function, at.Length);
        while (true)
        {
            double norm = TensorPrimitives.Norm<double>(gradient);
            if (norm <= tolerance) return new LbfgsResult(value, norm, evaluations, LbfgsEnd.Converged);
            if (evaluations >= maxEvaluations) return new LbfgsResult(value, norm, evaluations, LbfgsEnd.EvaluationLimit);
            Direction(gradient, direction);
            double slope = TensorPrimitives.Dot<double>(gradient, direction);
            if (!(slope < 0))
            {
                pairs.Clear();
                Direction(gradient, direction);
                slope = -norm * norm;
            }
            double first = pairs.Count > 0 ? 1 : Math.Min(1, 1 / norm);
            bool found = search.Run(at, value, slope, direction, first, maxEvaluations - evaluations);
            evaluations += search.Evaluations;
            if (!found)
            {
                if (evaluations >= maxEvaluations) return new LbfgsResult(value, norm, evaluations, LbfgsEnd.EvaluationLimit);
                // Once more along the plain gradient before giving up.
                if (pairs.Count == 0) return new LbfgsResult(value, norm, evaluations, LbfgsEnd.NoProgress);
                pairs.Clear();
                continue;
            }
            Remember(at, search.Point, gradient, search.Gradient);
            search.Point.CopyTo(at, 0);
            search.Gradient.CopyTo(gradient, 0);
            value = search.Value;
        }
    }

    // A slope is a sum of squares of the gradient.
    private static bool AreFinite(double[] numbers) => double.IsFinite(TensorPrimitives.SumOfSquares<double>(numbers));

    private void Remember(double[] from, double[] to, double[] gradientFrom, double[] gradientTo)
    {
        double[] step = new double[from.Length], change = new double[from.Length];
        TensorPrimitives.Subtract<double>(to, from, step);
        TensorPrimitives.Subtract<double>(gradientTo, gradientFrom, change);
        double curvature = TensorPrimitives.Dot<double>(step, change);
        if (!(curvature > 1e-12 * TensorPrimitives.Norm<double>(step) * TensorPrimitives.Norm<double>(change))) return;
        if (pairs.Count == memory) pairs.RemoveAt(0);
        pairs.Add((step, change, 1 / curvature));
    }

    // The two-loop recursion.
    private void Direction(double[] gradient, double[] direction)
    {
        TensorPrimitives.Negate<double>(gradient, direction);
        if (pairs.Count == 0) return;
        Span<double> weights = stackalloc double[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            (double[] step, double[] change, double scale) = pairs[i];
            weights[i] = scale * TensorPrimitives.Dot<double>(step, direction);
            TensorPrimitives.MultiplyAdd<double>(change, -weights[i], direction, direction);
        }
        (double[] lastStep, double[] lastChange, _) = pairs[^1];
        TensorPrimitives.Multiply(direction, TensorPrimitives.Dot<double>(lastStep, lastChange) / TensorPrimitives.SumOfSquares<double>(lastChange), direction);
        for (int i = 0; i < pairs.Count; i++)
        {
            (double[] step, double[] change, double scale) = pairs[i];
            double back = scale * TensorPrimitives.Dot<double>(change, direction);
            TensorPrimitives.MultiplyAdd<double>(step, weights[i] - back, direction, direction);
        }
    }
}
