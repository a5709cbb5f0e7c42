using ReparamPS.Distributions;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>What estimates of a gradient are compared with.</summary>
/// <param name="Source">Enumeration, quadrature, or how many draws of which estimator.</param>
/// <param name="Values">For each parameter the derivative and its standard error (0 where it is exact) of each element.</param>
internal sealed record GradientTruth(string Source, IReadOnlyDictionary<string, (double[] Value, double[] StandardError)> Values)
{
    private const double NodeSpacing = 0.0125;
    private const int NodesASide = 252;
    private const long ManyDraws = 1_000_000;
    // Far from any seed that an estimate would be given.
    private const long SeedOffset = 0x7472757468;

    /// <summary>The best that can be had for a problem.</summary>
    public static GradientTruth Of(Distribution distribution, Func<Tensor, Tensor> objective, long seed)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var problem = new EstimationProblem(distribution, objective);
        return Enumerated(problem) ?? ByQuadrature(problem) ?? BySampling(distribution, objective, seed);
    }

    private static GradientTruth? Enumerated(EstimationProblem problem)
    {
        try
        {
            using var random = new RandomSource(0, problem.Distribution.Device);
            return Exact("enumeration", new EnumeratedEstimator(problem).Estimate(1, random).Gradients);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    // Over the quantiles, by the double exponential rule: E[f(z) ∂ log p], or where the support moves with the parameters E[∂ f(F⁻¹(u))].
    private static GradientTruth? ByQuadrature(EstimationProblem problem)
    {
        Distribution distribution = problem.Distribution;
        if (distribution.Support.IsDiscrete || distribution.EventShape.Length > 0 || TensorShapes.Count(distribution.BatchShape) != 1) return null;
        var nodes = new double[2 * NodesASide + 1];
        var weights = new double[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            double t = (i - NodesASide) * NodeSpacing, s = Math.PI / 2 * Math.Sinh(t);
            nodes[i] = 1 / (1 + Math.Exp(-2 * s));
            weights[i] = NodeSpacing * Math.PI / 4 * Math.Cosh(t) / Math.Pow(Math.Cosh(s), 2);
        }
        RepeatedParameters repeated = problem.Repeat(1, nodes.Length);
        Tensor Spread(double[] values) => tensor(values, [1, values.Length, .. distribution.BatchShape], distribution.DType, distribution.Device);
        try
        {
            Tensor weight = Spread(weights).reshape(1, -1) * (double)nodes.Length;
            bool fixedSupport = ReferenceEquals(distribution.Support, distribution.Type.Support);
            Tensor z = repeated.Distribution.Icdf(Spread(nodes));
            Tensor terms = fixedSupport
                ? problem.Objective(z.detach(), repeated.Leading).detach() * repeated.LogProb(z.detach())
                : problem.Objective(z, repeated.Leading);
            return Exact("quadrature", repeated.Gradients(terms * weight)) is { } truth && truth.Values.Values.All(each => each.Value.All(double.IsFinite)) ? truth : null;
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static GradientTruth BySampling(Distribution distribution, Func<Tensor, Tensor> objective, long seed)
    {
        GradientEstimatorKind kind = distribution.HasRSample && distribution.Reparameterization != Reparameterization.StraightThrough
            ? GradientEstimatorKind.Pathwise : GradientEstimatorKind.ScoreFunction;
        IReadOnlyList<GradientMeasurement> rows = GradientEstimation.Measure(
            distribution, objective, new GradientEstimatorOptions { Estimator = kind, Draws = ManyDraws, Seed = seed + SeedOffset });
        return new GradientTruth($"{ManyDraws} draws of {kind}", rows.GroupBy(row => row.Parameter).ToDictionary(
            group => group.Key, group => (group.Select(row => row.Estimate).ToArray(), group.Select(row => row.StandardError).ToArray())));
    }

    private static GradientTruth Exact(string source, IReadOnlyDictionary<string, Tensor> gradients) =>
        new(source, gradients.ToDictionary(pair => pair.Key, pair => (ManagedValues.ToDoubles(pair.Value), new double[pair.Value.numel()])));
}
