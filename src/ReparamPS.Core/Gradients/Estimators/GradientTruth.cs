using System.Runtime.InteropServices;
using ReparamPS.Distributions;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The reference values for estimates of a gradient.</summary>
/// <param name="Source">Enumeration, quadrature, an estimator with its number of draws, or none.</param>
/// <param name="Values">For each parameter, the derivative and its standard error of each element: 0 if exact; for quadrature, its error estimate.</param>
internal sealed record GradientTruth(string Source, IReadOnlyDictionary<string, (double[] Value, double[] StandardError)> Values)
{
    /// <summary>What is wrong with functions of the user's own, so that they give no reference; null if nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>The parameters whose derivative rests on so few draws that its standard error is not known.</summary>
    public IReadOnlyList<string> Doubtful { get; init; } = [];

    private const long ManyDraws = 1_000_000, FewDraws = 10_000;
    // Far from any seed that users choose.
    private const long SeedOffset = 0x7472757468;

    /// <summary>The most accurate reference available for a problem.</summary>
    public static GradientTruth Of(Distribution distribution, Func<Tensor, Tensor> objective, RandomSeed seed)
    {
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        var problem = new EstimationProblem(distribution, objective);
        if (problem.FunctionFault(seed) is { } fault) return None with { Fault = fault };
        return Enumerated(problem) ?? ByQuadrature(problem) ?? BySampling(problem, objective, seed);
    }

    private static GradientTruth? Enumerated(EstimationProblem problem)
    {
        try
        {
            using var random = new RandomSource(0, problem.Distribution.Device);
            return Exact("enumeration", new EnumeratedEstimator(problem).Estimate(1, random).Gradients);
        }
        catch (EstimatorNotApplicableException)
        {
            return null;
        }
    }

    // In float64 for every distribution. An objective that needs another type falls back to sampling.
    private static GradientTruth? ByQuadrature(EstimationProblem problem)
    {
        try
        {
            return GradientQuadrature.Of(problem.InDouble()) is { } found ? new GradientTruth("quadrature", found) : null;
        }
        catch (ExternalException)
        {
            return null;
        }
    }

    // Pathwise only if the objective is known to be continuous, and no sampler of the user's own might have a wrong gradient. Otherwise the score function: its densities have been
    // checked, and it allows jumps, but not parameters that move the support.
    private static GradientTruth BySampling(EstimationProblem problem, Func<Tensor, Tensor> objective, RandomSeed seed)
    {
        Distribution distribution = problem.Distribution;
        using var random = (seed + SeedOffset).Open(distribution.Device);
        bool smooth = distribution.HasRSample && distribution.Reparameterization != Reparameterization.StraightThrough
            && SmoothObjective.Objection(problem, number => distribution.Sample([number], random)) is null;
        // Draws do not contain values of probability 0, whose probability can change all the same.
        bool scored = (!smooth || problem.HasOwnSampler) && distribution.HasLogProb && RangeEnds.Inside(problem.InDouble(), 1) is null;
        if (!smooth && !scored) return None;
        // A million calls of a function that takes one draw at a time would last minutes.
        long draws = distribution is CustomDistribution custom && custom.RunsOneByOne() ? FewDraws : ManyDraws;
        var options = new GradientEstimatorOptions
        {
            Estimator = scored ? GradientEstimatorKind.ScoreFunction : GradientEstimatorKind.Pathwise, Baseline = ScoreBaseline.LeaveOneOut, Draws = draws, Seed = (seed + SeedOffset).Value, Generator = seed.Generator,
        };
        try
        {
            IReadOnlyList<GradientMeasurement> rows = GradientEstimation.Measure(distribution, objective, options);
            return new GradientTruth($"{draws} draws of {options.Estimator}", rows.GroupBy(row => row.Parameter).ToDictionary(
                group => group.Key, group => (group.Select(row => row.Estimate).ToArray(), group.Select(row => row.StandardError).ToArray())))
            {
                Doubtful = [.. rows.Where(row => Moments.IsOfFew(row.VariancePerDraw, row.VarianceStandardError)).Select(row => row.Parameter).Distinct()],
            };
        }
        catch (EstimatorNotApplicableException)
        {
            return None;
        }
    }

    private static GradientTruth None => new("none", new Dictionary<string, (double[], double[])>());

    private static GradientTruth Exact(string source, IReadOnlyDictionary<string, Tensor> gradients) =>
        new(source, gradients.ToDictionary(pair => pair.Key, pair => (ManagedValues.ToDoubles(pair.Value), new double[pair.Value.numel()])));
}
