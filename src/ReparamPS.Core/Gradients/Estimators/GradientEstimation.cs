using System.Diagnostics;
using ReparamPS.Distributions;
using ReparamPS.Runtime;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>Estimates gradients of expectations, and says how far the estimates can be trusted and what they cost.</summary>
public static class GradientEstimation
{
    /// <summary>Estimates the gradient of E[f(z)] in every parameter of z's distribution.</summary>
    /// <param name="distribution">The distribution of z; its parameters need not require gradients, and are not touched.</param>
    /// <param name="objective">f: from draws of shape n + batch + event to a tensor that begins with n; further dimensions are summed.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="cancellation">Stops between two repetitions.</param>
    /// <returns>A row for each element of each parameter that the estimator can tell.</returns>
    /// <exception cref="NotSupportedException">The estimator doesn't apply to the distribution.</exception>
    public static IReadOnlyList<GradientMeasurement> Measure(
        Distribution distribution, Func<Tensor, Tensor> objective, GradientEstimatorOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GradientEstimatorOptions();
        if (options.Draws < 1) throw new ArgumentException($"Draws must be at least 1, but {options.Draws} came.", nameof(options));
        if (options.Repetitions is < 1) throw new ArgumentException($"Repetitions must be at least 1, but {options.Repetitions} came.", nameof(options));
        if (!(options.Temperature > 0)) throw new ArgumentException($"Temperature must be positive, but {options.Temperature} came.", nameof(options));
        using var grad = enable_grad();
        using var scope = NewDisposeScope();
        var problem = new EstimationProblem(distribution, objective);
        GradientEstimator estimator = GradientEstimator.Of(problem, options);
        estimator.Prepare();
        var summaries = new Dictionary<string, List<Summary>>();
        var clock = new Stopwatch();
        long draws = options.Draws;
        int repetitions = options.Estimator == GradientEstimatorKind.Enumerated ? 1 : options.RepetitionCount;
        for (int repetition = 0; repetition < repetitions; repetition++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            clock.Start();
            using RandomSource random = options.Scheme == DrawScheme.Independent
                ? new RandomSource(options.Seed + repetition, distribution.Device)
                : new StructuredNoise(options.Seed + repetition, distribution.Device, options.Draws, options.Scheme);
            GroupedGradients groups = estimator.Estimate(options.Draws, random);
            clock.Stop();
            draws = groups.Draws;
            foreach ((string path, Tensor gradients) in groups.Gradients)
            {
                if (!summaries.TryGetValue(path, out List<Summary>? list)) summaries[path] = list = [];
                list.Add(Summary.Of(gradients, groups.Size));
            }
        }
        double secondsPerDraw = clock.Elapsed.TotalSeconds / repetitions / draws;
        string name = options.Estimator == GradientEstimatorKind.ScoreFunction ? $"ScoreFunction/{options.Baseline}" : options.Estimator.ToString();
        bool byRepetition = options.Scheme != DrawScheme.Independent && options.Estimator != GradientEstimatorKind.Enumerated;
        return
        [
            .. problem.Leaves.Where(leaf => summaries.ContainsKey(leaf.Path)).SelectMany(leaf => Enumerable.Range(0, (int)leaf.Value.numel()).Select(index =>
            {
                Statistics statistics = byRepetition ? Summary.Across(summaries[leaf.Path], index, draws) : Summary.Within(summaries[leaf.Path], index);
                return new GradientMeasurement
                {
                    Distribution = distribution.Name, Parameter = leaf.Path, Index = index, Estimator = name, Scheme = options.Scheme, Estimate = statistics.Mean,
                    StandardError = statistics.StandardError, VariancePerDraw = statistics.Variance, VarianceStandardError = statistics.VarianceError,
                    SecondsPerDraw = secondsPerDraw, Draws = draws, Repetitions = repetitions, Seed = options.Seed,
                };
            })),
        ];
    }

    private readonly record struct Statistics(double Mean, double StandardError, double Variance, double VarianceError);

    /// <summary>Moments over the groups of one repetition, for each element of a parameter.</summary>
    private sealed record Summary(double[] Mean, double[] Variance, double[] FourthMoment, long Groups, long Size)
    {
        public static Summary Of(Tensor gradients, long size)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            long groups = gradients.shape[0];
            Tensor exact = gradients.to(ScalarType.Float64), mean = exact.mean([0]), squares = (exact - mean).square();
            return new Summary(
                ManagedValues.ToDoubles(mean), ManagedValues.ToDoubles(squares.sum(dim: 0) / Math.Max(1, groups - 1)), ManagedValues.ToDoubles(squares.square().mean([0])), groups, size);
        }

        public static Statistics Within(List<Summary> repetitions, int element)
        {
            double mean = repetitions.Average(each => each.Mean[element]);
            if (repetitions[0].Size == 0) return new Statistics(mean, 0, 0, 0);
            double groups = repetitions.Sum(each => (double)each.Groups), size = repetitions[0].Size;
            if (repetitions[0].Groups < 2) return new Statistics(mean, double.NaN, double.NaN, double.NaN);
            double variance = repetitions.Average(each => each.Variance[element]), fourth = repetitions.Average(each => each.FourthMoment[element]);
            double varianceError = Math.Sqrt(Math.Max(0, fourth - variance * variance) / groups);
            return new Statistics(mean, Math.Sqrt(variance / groups), variance * size, varianceError * size);
        }

        // Draws that depend on each other: only whole repetitions are independent.
        public static Statistics Across(List<Summary> repetitions, int element, long draws)
        {
            int count = repetitions.Count;
            double mean = repetitions.Average(each => each.Mean[element]);
            if (count < 2) return new Statistics(mean, double.NaN, double.NaN, double.NaN);
            double variance = repetitions.Sum(each => Math.Pow(each.Mean[element] - mean, 2)) / (count - 1);
            return new Statistics(mean, Math.Sqrt(variance / count), variance * draws, variance * draws * Math.Sqrt(2.0 / (count - 1)));
        }
    }
}
