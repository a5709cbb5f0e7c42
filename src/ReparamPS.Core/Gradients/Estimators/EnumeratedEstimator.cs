using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The exact sum over a small discrete support.</summary>
internal sealed class EnumeratedEstimator(EstimationProblem problem) : GradientEstimator(problem)
{
    private const double Tolerance = 1e-10;
    // More values are needed if the objective grows so fast that the rest of the probability matters.
    private static readonly double[] Rests = [1e-18, 1e-300];

    /// <inheritdoc/>
    public override DrawGradients Estimate(long draws, RandomSource random)
    {
        EstimationProblem exact = Problem.InDouble();
        EstimationProblem? inside = RangeEnds.Inside(exact, 1), further = RangeEnds.Inside(exact, 2);
        foreach (double rest in Rests)
        {
            SupportPoints points = SupportPoints.Of(inside ?? exact, rest) ?? throw NotFor(SupportPoints.WhyNot(inside ?? exact, rest));
            Tensor values, at = points.Values;
            using (no_grad()) values = Problem.Objective(at.to(Distribution.DType).unsqueeze(0), [1, at.shape[0]]).to(ScalarType.Float64).squeeze(0);
            if (IsCut(inside ?? exact, points, values)) continue;
            Tensor sums = Sums(inside ?? exact, at, values);
            if (further is not null) sums = 2 * sums - Sums(further, at, values);
            return new DrawGradients(exact.Leaves.Zip(exact.Split(sums)).ToDictionary(pair => pair.First.Path, pair => pair.Second.unsqueeze(0)), at.shape[0]);
        }
        throw NotFor("its support is infinite, and the objective grows too fast for a sum over the values that can be listed");
    }

    private static bool IsCut(EstimationProblem problem, SupportPoints points, Tensor values)
    {
        if (points.IsLast is null) return false;
        using var noGrad = no_grad();
        Tensor sizes = values.abs(), mass = problem.Distribution.LogProb(points.Values).reshape(sizes.shape[0], -1).sum(1).exp();
        double last = sizes.masked_select(points.IsLast).max().item<double>();
        return double.IsInfinity(last) || points.Rest * last > Tolerance * (mass * sizes).sum().item<double>();
    }

    private static Tensor Sums(EstimationProblem problem, Tensor points, Tensor values)
    {
        Tensor total = zeros(problem.Leaves.Sum(leaf => leaf.Value.numel()), ScalarType.Float64, points.device);
        long start = 0;
        foreach (Tensor slopes in problem.Slopes(points, log => log.sum(1).exp()))
        {
            total += (slopes * values.narrow(0, start, slopes.shape[0]).unsqueeze(1)).sum([0]);
            start += slopes.shape[0];
        }
        return total;
    }
}
