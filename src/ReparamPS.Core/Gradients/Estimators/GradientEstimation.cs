using System.Diagnostics;
using ReparamPS.Distributions;
using ReparamPS.Messages;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Gradients.Estimators;

/// <summary>Estimates gradients of expectations, with their standard errors and costs.</summary>
public static class GradientEstimation
{
    private const long MaxNumbers = 65536;
    private const long MinDraws = 1024;
    private const long EnoughDraws = 10_000;
    private const double LeastShareOfOthers = 0.125, Roundings = 8;

    /// <summary>Estimates the gradient of E[f(z)] in every parameter of z's distribution.</summary>
    /// <param name="distribution">The distribution of z; its parameters need not require gradients and do not change.</param>
    /// <param name="objective">f: from draws of shape n + batch + event to a tensor that begins with n; further dimensions are summed.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellation">Stops between two parts of the draws.</param>
    /// <returns>A row for each element of each parameter that the estimator supports.</returns>
    /// <exception cref="EstimatorNotApplicableException">The estimator does not apply to the distribution or the objective.</exception>
    public static IReadOnlyList<GradientMeasurement> Measure(
        Distribution distribution, Func<Tensor, Tensor> objective, GradientEstimatorOptions? options = null, CancellationToken cancellation = default) => Measure(distribution, objective, options ?? new(), null, cancellation);

    /// <summary>Estimates as <see cref="Measure(Distribution, Func{Tensor, Tensor}, GradientEstimatorOptions?, CancellationToken)"/>, and says which parameters the estimator leaves out.</summary>
    /// <param name="distribution">The distribution of z.</param>
    /// <param name="objective">f.</param>
    /// <param name="options">The options.</param>
    /// <param name="warn">Receives each parameter that is left out, with the reason, whether the objective is NaN or infinite, whether the gradient is 0 although the objective differs, and why there is no standard error.</param>
    /// <param name="cancellation">Stops between two parts of the draws.</param>
    public static IReadOnlyList<GradientMeasurement> Measure(
        Distribution distribution, Func<Tensor, Tensor> objective, GradientEstimatorOptions options, Action<string>? warn, CancellationToken cancellation)
    {
        if (options.Draws < 1) throw new ArgumentException($"Draws must be at least 1; got {options.Draws}.", nameof(options));
        if (options.Repetitions is < 1) throw new ArgumentException($"Repetitions must be at least 1; got {options.Repetitions}.", nameof(options));
        if (!(options.Temperature > 0)) throw new ArgumentException($"Temperature must be positive; got {ShortText.Of(options.Temperature)}.", nameof(options));
        using var grad = enable_grad();
        using var scope = NewDisposeScope();
        var problem = new EstimationProblem(distribution, objective);
        GradientEstimator estimator = GradientEstimator.Of(problem, options);
        // Otherwise a parameter that a density is detached from would be left out without a word.
        if ((options.Estimator != GradientEstimatorKind.Pathwise || problem.DrawsByFunctions) && problem.FunctionFault(options.Stream) is { } fault)
            throw new EstimatorNotApplicableException($"{options.Estimator} does not apply to {distribution.Name}: {fault}. Run Test-Distribution.");
        estimator.Prepare();
        foreach ((string path, string why) in estimator.LeftOut) warn?.Invoke($"The output of {options.Estimator} has no rows for {path} of {distribution.Name}: {why}.");
        if (warn is not null && distribution.Support.IsDiscrete && NeedsDraws(options.Estimator) && RangeEnds.Paths(problem.InDouble()) is { Length: > 0 } ends)
        {
            warn($"{string.Join(" and ", ends)} of {distribution.Name} {(ends.Length == 1 ? "is at an end of its range" : "are at the ends of their ranges")}, such as a probability of exactly 0 or 1. Values of probability 0 are never drawn, so ScoreFunction misses their share of the gradient, and StraightThrough, GumbelSoftmax, Rebar and Relax return NaN. Use Enumerated{(WeakDerivative.HasDiscrete(distribution) ? " or MeasureValued" : "")}.");
        }
        // Not before: the preparation also evaluates the objective where no draws are.
        problem.WatchesValues = warn is not null;
        var moments = new Dictionary<string, Moments[]>();
        var repeated = new Dictionary<string, List<double[]>>();
        var clock = new Stopwatch();
        bool exact = options.Estimator == GradientEstimatorKind.Enumerated, independent = options.Scheme == DrawScheme.Independent;
        int repetitions = exact ? 1 : options.RepetitionCount;
        long draws = options.Draws;
        // Dependent draws are made and differentiated all at once.
        if (!exact && !independent) MemoryLimit.Check((double)draws * CopiesOfDraws(options.Estimator) * NumbersPerDraw(distribution), sizeof(double));
        long[] parts = exact || !independent ? [options.Draws] : [.. Parts(options.Draws, distribution)];
        int threads = get_num_threads();
        try
        {
            // A part is so small that threads would mostly wait for each other.
            if (parts.Length > 1) set_num_threads(1);
            for (int repetition = 0; repetition < repetitions; repetition++)
            {
                clock.Start();
                using RandomSource random = independent
                    ? (options.Stream + repetition).Open(distribution.Device)
                    : new StructuredNoise(options.Stream + repetition, distribution.Device, options.Draws, options.Scheme);
                foreach (long part in parts)
                {
                    cancellation.ThrowIfCancellationRequested();
                    using var inner = NewDisposeScope();
                    DrawGradients found = estimator.Estimate(part, random);
                    if (exact) draws = found.Draws;
                    foreach ((string path, Tensor gradients) in found.Gradients)
                    {
                        // The mean of dependent draws is one number per repetition.
                        Moments[] own = ColumnMoments.Of(independent || exact ? gradients : gradients.mean([0], keepdim: true));
                        if (!independent) (repeated.TryGetValue(path, out List<double[]>? means) ? means : repeated[path] = []).Add([.. own.Select(each => each.Mean)]);
                        moments[path] = moments.TryGetValue(path, out Moments[]? before) ? [.. before.Zip(own, (left, right) => left.With(right))] : own;
                    }
                }
                clock.Stop();
            }
        }
        finally
        {
            set_num_threads(threads);
        }
        if (problem.HasNaN) warn?.Invoke($"The objective is NaN for some draws of {distribution.Name}, so its expectation and the gradient do not exist. Use an objective that is defined on the whole support.");
        if (problem.HasInfinity) warn?.Invoke($"The objective is infinite, or too large for its number type, for some draws of {distribution.Name}, so the gradient cannot be estimated.");
        if (problem.HasDifferentValues && UsesSlopes(options.Estimator) && moments.Values.All(columns => columns.All(each => each is { Mean: 0, Second: 0 })))
            warn?.Invoke($"All gradients of {options.Estimator} are 0, although the objective differs between draws of {distribution.Name}. It changes only by jumps, which {options.Estimator} misses. Use {(ScoreFunctionEstimator.Applies(problem) ? "-Estimator ScoreFunction, which accounts for them" : "a smooth objective, such as one with .sigmoid() instead of jumps")}.");
        if (!exact && (independent ? draws * repetitions : repetitions) == 1)
        {
            warn?.Invoke(independent
                ? "StandardError is NaN: it comes from the spread of the draws, and there is only one. Use -Draws 2 or more."
                : $"StandardError is NaN: with -Scheme {options.Scheme}, it comes from the spread of the repetitions, and there is only one. Use -Repetitions 2 or more; the default is 32.");
        }
        var independentDraws = new Lazy<Dictionary<(string, long), double>>(() =>
            Measure(distribution, objective, options with { Scheme = DrawScheme.Independent, Repetitions = 1, Draws = Math.Max(options.Draws * repetitions, EnoughDraws) }, cancellation).ToDictionary(row => (row.Parameter, row.Index), row => row.VariancePerDraw));
        double Error(string path, int index, Moments each)
        {
            double error = Math.Sqrt(each.Variance / each.Count);
            return exact ? 0 : independent || repetitions < 2 || !Coincide([.. repeated[path].Select(means => means[index])], distribution.DType) ? error
                : Math.Max(error, Math.Sqrt(independentDraws.Value.GetValueOrDefault((path, index)) / ((double)draws * repetitions)));
        }
        double secondsPerDraw = clock.Elapsed.TotalSeconds / repetitions / draws;
        string name = options.Estimator == GradientEstimatorKind.ScoreFunction ? $"ScoreFunction/{options.Baseline}" : options.Estimator.ToString();
        return
        [
            .. problem.Leaves.Where(leaf => moments.ContainsKey(leaf.Path)).SelectMany(leaf => moments[leaf.Path].Select((each, index) =>
            {
                // For dependent draws, the numbers are repetitions, which are too few for a fourth moment. As means of many draws, they are nearly normal.
                double size = independent ? 1 : draws;
                double varianceError = independent ? each.VarianceError : each.Variance * Math.Sqrt(2 / (each.Count - 1));
                return new GradientMeasurement
                {
                    Distribution = distribution.Name, Parameter = leaf.Path, Index = index, Estimator = name, Scheme = options.Scheme, Estimate = each.Mean,
                    StandardError = Error(leaf.Path, index, each), VariancePerDraw = exact ? 0 : each.Variance * size,
                    VarianceStandardError = exact ? 0 : varianceError * size,
                    SecondsPerDraw = secondsPerDraw, Draws = draws, Repetitions = repetitions, Seed = options.Seed, Generator = options.Generator,
                };
            })),
        ];
    }

    /// <summary>The warning that a few draws determine an estimate, so that its standard error is not known; null if there is nothing to warn of.</summary>
    /// <param name="rows">The rows of one estimator.</param>
    public static string? TailWarning(IReadOnlyList<GradientMeasurement> rows)
    {
        GradientMeasurement[] rough = [.. rows.Where(row => row.Scheme == DrawScheme.Independent && row.Draws * row.Repetitions >= Moments.EnoughForTails && Moments.IsOfFew(row.VariancePerDraw, row.VarianceStandardError))];
        return rough.Length == 0 ? null
            : $"A few of the draws determine the estimate for {string.Join(", ", rough.Select(row => row.Parameter).Distinct())} of {rough[0].Distribution}, so StandardError is not reliable. The expectation may be infinite or undefined; if it is finite, raise -Draws.";
    }

    // Values of probability 0 are never drawn, and have a derivative all the same.
    private static bool NeedsDraws(GradientEstimatorKind estimator) => estimator is not (GradientEstimatorKind.Pathwise or GradientEstimatorKind.MeasureValued or GradientEstimatorKind.Enumerated);

    private static bool UsesSlopes(GradientEstimatorKind estimator) => estimator is GradientEstimatorKind.Pathwise or GradientEstimatorKind.StraightThrough or GradientEstimatorKind.GumbelSoftmax;

    // Evenly spread draws of a discrete distribution can contain each value equally often in nearly every repetition. What the others would differ by is then not known.
    private static bool Coincide(double[] means, ScalarType dtype)
    {
        double resolution = Math.Max(1e-10, Roundings * TorchTypes.Epsilon(dtype)) * means.Max(Math.Abs);
        double[] sorted = [.. means.Order()];
        int most = 0, run = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            run = i > 0 && sorted[i] - sorted[i - 1] <= resolution ? run + 1 : 1;
            most = Math.Max(most, run);
        }
        return sorted.Length - most < LeastShareOfOthers * sorted.Length;
    }

    // Equal parts stay in the processor's caches and limit memory to one part, for any number of draws.
    private static IEnumerable<long> Parts(long draws, Distribution distribution)
    {
        long most = Math.Max(MinDraws, MaxNumbers / Math.Max(1, NumbersPerDraw(distribution))), parts = (draws + most - 1) / most;
        for (long part = 0; part < parts; part++) yield return draws / parts + (part < draws % parts ? 1 : 0);
    }

    private static long NumbersPerDraw(Distribution distribution) => TensorShapes.Count([.. distribution.BatchShape, .. distribution.EventShape]);

    // How often the numbers of a Normal's draws are in memory, with the graph. Few kinds take less.
    private static int CopiesOfDraws(GradientEstimatorKind estimator) => estimator switch
    {
        GradientEstimatorKind.MeasureValued => 64,
        GradientEstimatorKind.ScoreFunction => 14,
        _ => 8,
    };
}
