using ReparamPS.TorchGuard;
using ReparamPS.Distributions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares the gradients of reparameterized samples with references, for each element of each parameter.</summary>
public static class ReparameterizationCheck
{
    private const long PilotDraws = 257;
    // Noise, draws, their shifted copies and gradients are in memory together.
    private const int CopiesOfDraws = 8;

    /// <summary>Checks a distribution at its parameters' values.</summary>
    /// <param name="distribution">The distribution to check; its parameters need not require gradients and do not change.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellation">Stops between two elements.</param>
    /// <exception cref="NotReparameterizableException">It has no reparameterized sample.</exception>
    /// <exception cref="NotSupportedException">The method does not apply to it.</exception>
    public static IReadOnlyList<ReparameterizationCheckRow> Run(
        Distribution distribution, ReparameterizationCheckOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ReparameterizationCheckOptions();
        if (!distribution.HasRSample) throw new NotReparameterizableException(distribution);
        if (options.Draws is < 2) throw new ArgumentException($"Draws must be at least 2; got {options.Draws}.", nameof(options));
        if (options.Tolerance is <= 0 or double.NaN) throw new ArgumentException($"Tolerance must be positive; got {options.Tolerance}.", nameof(options));
        using var scope = NewDisposeScope();
        using var grad = enable_grad();
        return new Session(distribution, options).Run(cancellation);
    }

    private static double DefaultTolerance(ReparameterizationCheckMethod method, ScalarType dtype) => (method, dtype == ScalarType.Float32) switch
    {
        (ReparameterizationCheckMethod.FrozenNoise, false) => 1e-6,
        (ReparameterizationCheckMethod.FrozenNoise, true) => 1e-2,
        (ReparameterizationCheckMethod.Implicit, false) => 1e-6,
        (ReparameterizationCheckMethod.Implicit, true) => 1e-2,
        (_, false) => 1e-4,
        (_, true) => 1e-3,
    };

    private sealed class Session
    {
        private readonly Distribution distribution, exact;
        private readonly ReparameterizationCheckOptions options;
        private readonly ParameterTree tree, exactTree;
        private readonly Lazy<CheckedDraws> paths;
        private readonly Lazy<ExpectationCheck> expectations;
        private readonly Lazy<bool> hasImplicitIdentity;
        private readonly Lazy<IReadOnlyDictionary<string, Tensor>[]> pathGradients;

        public Session(Distribution distribution, ReparameterizationCheckOptions options)
        {
            (this.distribution, this.options) = (distribution, options);
            MemoryLimit.Check((double)(options.Draws ?? 0) * CopiesOfDraws * TensorShapes.Count([.. distribution.BatchShape, .. distribution.EventShape]), sizeof(double));
            tree = new ParameterTree(distribution);
            exact = distribution.DType == ScalarType.Float64 ? distribution : tree.With(new Dictionary<string, Tensor>(), [], value => value.to(ScalarType.Float64));
            exactTree = ReferenceEquals(exact, distribution) ? tree : new ParameterTree(exact);
            paths = new(() => new CheckedDraws(distribution, tree, Draws(ReparameterizationCheckMethod.FrozenNoise), options.Seed));
            pathGradients = new(() => [.. paths.Value.Compared(paths.Value.Values).unbind(1).Select(paths.Value.Gradients)]);
            expectations = new(() => new ExpectationCheck(exact, exactTree, new CheckedDraws(distribution, tree, Draws(ReparameterizationCheckMethod.Expectation), options.Seed)));
            hasImplicitIdentity = new(() => ImplicitCheck.Applies(exact));
        }

        public IReadOnlyList<ReparameterizationCheckRow> Run(CancellationToken cancellation)
        {
            double spread = Spread();
            List<ReparameterizationCheckRow> rows = [];
            foreach ((ParameterLeaf leaf, ParameterLeaf exactLeaf) in tree.Leaves.Zip(exactTree.Leaves).Where(pair => pair.First.IsReparameterized))
            {
                Dictionary<long, PerturbationDirection> exactDirections = PerturbationDirection.Of(exactTree, exactLeaf, spread).ToDictionary(direction => direction.Index);
                PerturbationDirection[] directions = [.. PerturbationDirection.Of(tree, leaf, spread)];
                ReparameterizationCheckMethod method = Choose(directions);
                foreach (PerturbationDirection direction in directions)
                {
                    cancellation.ThrowIfCancellationRequested();
                    rows.Add(Check(method, direction, exactDirections[direction.Index]));
                }
            }
            return rows;
        }

        private ReparameterizationCheckRow Check(ReparameterizationCheckMethod method, PerturbationDirection direction, PerturbationDirection exactDirection)
        {
            double tolerance = options.Tolerance ?? DefaultTolerance(method, distribution.DType);
            var row = new ReparameterizationCheckRow
            {
                Distribution = distribution.Name, Parameter = direction.Leaf.Path, Index = direction.Index, Method = method, Tolerance = tolerance, Draws = Draws(method),
                Seed = options.Seed, DType = TorchTypes.NameOf(distribution.DType), Analytic = double.NaN, Reference = double.NaN, Passed = false, Reason = "",
            };
            switch (method)
            {
                case ReparameterizationCheckMethod.FrozenNoise:
                    row = FrozenNoiseCheck.Compare(paths.Value, direction, tolerance).Judge(PathGradient(direction), tolerance, row, "differences at the same noise");
                    return options.Method == ReparameterizationCheckMethod.Auto && row.Passed ? Confirm(row, direction, exactDirection) : row;
                case ReparameterizationCheckMethod.Implicit:
                    return ImplicitCheck.Compare(paths.Value, exactTree, exactDirection, tolerance).Judge(PathGradient(direction), tolerance, row, ImplicitCheck.Identity);
                default:
                    return expectations.Value.Judge(direction, exactDirection, tolerance, row);
            }
        }

        // Frozen noise follows the path of the sampler even if it samples another distribution. The CDF, or otherwise expectations, detect that.
        private ReparameterizationCheckRow Confirm(ReparameterizationCheckRow row, PerturbationDirection direction, PerturbationDirection exactDirection)
        {
            bool identity = hasImplicitIdentity.Value;
            ReparameterizationCheckRow second = Check(identity ? ReparameterizationCheckMethod.Implicit : ReparameterizationCheckMethod.Expectation, direction, exactDirection);
            if (double.IsNaN(second.Reference) && identity) return row;
            return second.Passed ? row with { Reason = $"{row.Reason}, and with {(identity ? ImplicitCheck.Identity : "expectations")}" } : second;
        }

        private ReparameterizationCheckMethod Choose(PerturbationDirection[] directions)
        {
            bool FrozenNoiseApplies() => distribution.Reparameterization is not (Reparameterization.Implicit or Reparameterization.StraightThrough)
                && FrozenNoiseCheck.Applies(distribution, tree, directions, options.Seed);
            switch (options.Method)
            {
                case ReparameterizationCheckMethod.Auto:
                    return FrozenNoiseApplies() ? ReparameterizationCheckMethod.FrozenNoise
                        : hasImplicitIdentity.Value ? ReparameterizationCheckMethod.Implicit
                        : ReparameterizationCheckMethod.Expectation;
                case ReparameterizationCheckMethod.FrozenNoise when directions.Length > 0 && !FrozenNoiseApplies():
                    throw new NotSupportedException(
                        $"{distribution.Name}: frozen noise does not apply to {directions[0].Leaf.Path}, because the sampler rejects or rounds, so its result jumps at the same noise. Use Implicit, Expectation or Auto.");
                case ReparameterizationCheckMethod.Implicit when !hasImplicitIdentity.Value:
                    throw new NotSupportedException(
                        $"{distribution.Name}: the implicit identity needs a univariate distribution with a CDF and a single noise variable. Use FrozenNoise, Expectation or Auto.");
                default:
                    return options.Method;
            }
        }

        // Draw by draw, and output by output within a draw.
        private double[]? PathGradient(PerturbationDirection direction)
        {
            double[]?[] outputs = [.. pathGradients.Value.Select(each => each.TryGetValue(direction.Leaf.Path, out Tensor? gradient) ? CheckedDraws.Along(gradient, direction) : null)];
            if (outputs.All(output => output is null)) return null;
            return [.. Enumerable.Range(0, (int)paths.Value.Count).SelectMany(draw => outputs.Select(output => output?[draw] ?? 0))];
        }

        // Expectations from a few draws do not confirm anything.
        private long Draws(ReparameterizationCheckMethod method) => options.Draws is { } given
            ? method == ReparameterizationCheckMethod.Expectation && options.Method == ReparameterizationCheckMethod.Auto ? Math.Max(given, ReparameterizationCheckOptions.DefaultExpectationDraws) : given
            : (method == ReparameterizationCheckMethod.Expectation ? ReparameterizationCheckOptions.DefaultExpectationDraws : ReparameterizationCheckOptions.DefaultPathDraws);

        // Half the distance between the quartiles, which exists for every distribution.
        private double Spread()
        {
            using var random = new RandomSource(options.Seed, distribution.Device);
            using Tensor draws = distribution.Sample([PilotDraws], random);
            double[] sorted = [.. ManagedValues.ToDoubles(draws).Where(double.IsFinite).Order()];
            return sorted.Length == 0 ? 1 : (sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4]) / 2;
        }
    }
}
