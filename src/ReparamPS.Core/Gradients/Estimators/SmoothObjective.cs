using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>Whether an objective's gradient is that of its values: along lines the integral of the one must be the difference of the other, which jumps and detached parts break.</summary>
internal static class SmoothObjective
{
    private const int Lines = 32;
    private const int Intervals = 1024;
    private const long MostNumbers = 1 << 23;
    // Kinks leave an error of up to one interval, which is far below.
    private const double Tolerance = 5e-3;

    /// <summary>What speaks against it; null where nothing does.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="ends">Gives a number of points between which lines are drawn, shape number + batch + event.</param>
    public static string? Objection(EstimationProblem problem, Func<long, Tensor> ends)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        long numbers = TensorShapes.Count([.. problem.Distribution.BatchShape, .. problem.Distribution.EventShape]);
        long lines = Math.Clamp(MostNumbers / (Math.Max(1, numbers) * Intervals), 2, Lines);
        Tensor points = ends(2 * lines).detach().unsqueeze(1), from = points.narrow(0, 0, lines), to = points.narrow(0, lines, lines);
        Tensor at = linspace(0, 1, Intervals + 1, points.dtype, points.device).expand(lines, Intervals + 1).clone().requires_grad_();
        Tensor along = at.reshape([lines, Intervals + 1, .. points.shape[2..].Select(_ => 1L)]);
        Tensor values = problem.Objective(from + along * (to - from), [lines, Intervals + 1]);
        if (Backward.Of([values], [ones_like(values)], [at])[0] is not { } slope) return "the objective's result carries no gradient to its draws: it detaches, or does not depend on them";
        Tensor known = values.detach(), integral = (slope.narrow(1, 0, Intervals) + slope.narrow(1, 1, Intervals)).sum(1) / (2 * Intervals);
        Tensor error = (known.select(1, Intervals) - known.select(1, 0) - integral).abs(), range = known.amax([1]) - known.amin([1]);
        Tensor rounding = Intervals * TorchTypes.Epsilon(points.dtype) * known.abs().max();
        return (error.max() <= Tolerance * range.max() + rounding).item<bool>()
            ? null : "the objective jumps, or part of it detaches: the integral of its gradient between two draws is not the difference of its values";
    }
}
