using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>Checks whether an objective's gradient belongs to its values: the integral of the gradient along a line must equal the difference of the values. Jumps and detached parts violate this.</summary>
internal static class SmoothObjective
{
    private const int Lines = 32;
    private const int Intervals = 1024;
    private const long MaxNumbers = 1 << 23;
    // Kinks cause an error of at most one interval, which is far below this.
    private const double Tolerance = 5e-3;

    /// <summary>The reason why not; null if the gradient belongs to the values.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="ends">Returns the given number of end points of lines, shape number + batch + event.</param>
    public static string? Objection(EstimationProblem problem, Func<long, Tensor> ends)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        long numbers = TensorShapes.Count([.. problem.Distribution.BatchShape, .. problem.Distribution.EventShape]);
        long lines = Math.Clamp(MaxNumbers / (Math.Max(1, numbers) * Intervals), 2, Lines);
        Tensor points = ends(2 * lines).detach().unsqueeze(1), from = points.narrow(0, 0, lines), to = points.narrow(0, lines, lines);
        Tensor at = linspace(0, 1, Intervals + 1, points.dtype, points.device).expand(lines, Intervals + 1).clone().requires_grad_();
        Tensor along = at.reshape([lines, Intervals + 1, .. points.shape[2..].Select(_ => 1L)]);
        Tensor values = problem.Objective(from + along * (to - from), [lines, Intervals + 1]);
        if (Backward.Of([values], [ones_like(values)], [at])[0] is not { } slope) return "no gradient reaches the draws from the objective's result: part of the objective is detached, or it does not depend on the draws";
        Tensor known = values.detach(), integral = (slope.narrow(1, 0, Intervals) + slope.narrow(1, 1, Intervals)).sum(1) / (2 * Intervals);
        Tensor error = (known.select(1, Intervals) - known.select(1, 0) - integral).abs(), range = known.amax([1]) - known.amin([1]);
        Tensor rounding = Intervals * TorchTypes.Epsilon(points.dtype) * known.abs().max();
        return (error.max() <= Tolerance * range.max() + rounding).item<bool>()
            ? null : "the objective jumps or is partly detached (between two draws, the integral of its gradient is not the difference of its values)";
    }
}
