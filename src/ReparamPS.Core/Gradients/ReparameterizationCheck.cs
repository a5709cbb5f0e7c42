using ReparamPS.TorchGuard;
using ReparamPS.Distributions;
using ReparamPS.Distributions.Checks;
using ReparamPS.Messages;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Gradients;

/// <summary>Compares the gradients of reparameterized samples with references, for each element of each parameter.</summary>
public static class ReparameterizationCheck
{
    private const long PilotDraws = 257;
    // Draws with so few roundings between their quartiles say nothing of the derivative of their CDF.
    private const double FewestRoundings = 256;
    // Noise, draws, their shifted copies and gradients are in memory together.
    private const int CopiesOfDraws = 8;
    // The functions of a custom distribution are compared with each other before the gradient is compared with them.
    private const int DrawsOfCustomCheck = 50_000;
    private const double CustomCheckLevel = 1e-9;
    private const int FewDraws = 2000;

    /// <summary>The start of a reason that names what makes a comparison impossible.</summary>
    internal const string NoReference = "no reference is available: ";

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
        if (!distribution.HasRSample) throw new NotReparameterizableException(distribution, "There is no gradient to check.");
        DistributionCheck.RequireElements(distribution);
        if (options.Draws is < 2) throw new ArgumentException($"Draws must be at least 2; got {options.Draws}.", nameof(options));
        if (options.Method == ReparameterizationCheckMethod.Expectation && options.Draws < ReparameterizationCheckOptions.FewestExpectationDraws)
            throw new ArgumentException($"Draws must be at least {ReparameterizationCheckOptions.FewestExpectationDraws} for Method Expectation; got {options.Draws}.", nameof(options));
        if (options.Tolerance is <= 0 or double.NaN) throw new ArgumentException($"Tolerance must be positive; got {ShortText.Of(options.Tolerance)}.", nameof(options));
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
        private readonly Lazy<CheckedDraws> manyDraws;
        private readonly Lazy<ImplicitCheck> identity;
        private readonly Lazy<MeanImplicitCheck> meanIdentity;
        private readonly Lazy<bool> isSinglePath;
        private readonly Lazy<string?> fault, seedFault;
        private readonly Lazy<Tensor?> atEnds;
        private bool rejects, isTooNarrow, isAtEnd;
        private readonly Lazy<IReadOnlyDictionary<string, Tensor>[]> pathGradients;

        public Session(Distribution distribution, ReparameterizationCheckOptions options)
        {
            (this.distribution, this.options) = (distribution, options);
            MemoryLimit.Check((double)(options.Draws ?? 0) * CopiesOfDraws * TensorShapes.Count([.. distribution.BatchShape, .. distribution.EventShape]), sizeof(double));
            tree = new ParameterTree(distribution);
            exact = distribution.DType == ScalarType.Float64 ? distribution : tree.With(new Dictionary<string, Tensor>(), [], value => value.to(ScalarType.Float64));
            exactTree = ReferenceEquals(exact, distribution) ? tree : new ParameterTree(exact);
            paths = new(() => new CheckedDraws(distribution, tree, Draws(ReparameterizationCheckMethod.FrozenNoise), options.Stream));
            pathGradients = new(() => [.. paths.Value.Compared(paths.Value.Values).unbind(1).Select(paths.Value.Gradients)]);
            manyDraws = new(() => new CheckedDraws(distribution, tree, Draws(ReparameterizationCheckMethod.Expectation), options.Stream));
            expectations = new(() => new ExpectationCheck(exact, exactTree, manyDraws.Value));
            identity = new(() => new ImplicitCheck(exact, exactTree, options.Stream));
            meanIdentity = new(() => new MeanImplicitCheck(exact, identity.Value, manyDraws.Value));
            isSinglePath = new(() => distribution is not CustomDistribution { HasSampler: true } || NoisePath.Of(distribution, options.Stream).IsSingle);
            fault = new(FirstFault);
            seedFault = new(() => distribution is CustomDistribution custom ? CustomCheck.SeedFault(custom, options.Stream) : null);
            hasImplicitIdentity = new(() => ImplicitCheck.Applies(exact));
            atEnds = new(() => AtEnds(paths.Value.Values.detach()));
        }

        public IReadOnlyList<ReparameterizationCheckRow> Run(CancellationToken cancellation)
        {
            IReadOnlyList<double> spreads = Spreads();
            List<ReparameterizationCheckRow> rows = [];
            foreach ((ParameterLeaf leaf, ParameterLeaf exactLeaf) in tree.Leaves.Zip(exactTree.Leaves).Where(pair => pair.First.IsReparameterized))
            {
                Dictionary<long, PerturbationDirection> exactDirections = PerturbationDirection.Of(exactTree, exactLeaf, spreads).ToDictionary(direction => direction.Index);
                PerturbationDirection[] directions = [.. PerturbationDirection.Of(tree, leaf, spreads)];
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
                Seed = options.Seed, Generator = options.Generator, DType = TorchTypes.NameOf(distribution.DType), Analytic = double.NaN, Reference = double.NaN, Passed = false, Reason = "",
            };
            if (seedFault.Value is { } different) return row with { Reason = different };
            switch (method)
            {
                case ReparameterizationCheckMethod.FrozenNoise:
                    row = FrozenNoiseCheck.Compare(paths.Value, direction, tolerance, atEnds.Value).Judge(PathGradient(direction), tolerance, row, "finite differences with the same noise");
                    return options.Method == ReparameterizationCheckMethod.Auto && row.Passed ? Confirm(row, direction, exactDirection) : row;
                case ReparameterizationCheckMethod.Implicit:
                    return TooNarrow(row) ?? Faulty(row) ?? Explained(OfIdentity(direction, exactDirection, tolerance, row));
                default:
                    return TooNarrow(row) ?? Faulty(row) ?? Explained(expectations.Value.Judge(direction, exactDirection, tolerance, row));
            }
        }

        // Frozen noise follows the path of the sampler even if it samples another distribution. The CDF, or otherwise expectations, detect that.
        private ReparameterizationCheckRow Confirm(ReparameterizationCheckRow row, PerturbationDirection direction, PerturbationDirection exactDirection)
        {
            if (isAtEnd) return Faulty(row) ?? row with { Reason = $"{row.Reason}; the methods Implicit and Expectation were skipped, because most draws round to an end of the support" };
            bool hasIdentity = hasImplicitIdentity.Value;
            if (!hasIdentity && !HasExpectations) return Faulty(row) ?? row with { Reason = $"{row.Reason}; the methods Implicit and Expectation were skipped, because {distribution.Name} has neither a log-density nor a quantile function" };
            ReparameterizationCheckRow second = Check(hasIdentity ? ReparameterizationCheckMethod.Implicit : ReparameterizationCheckMethod.Expectation, direction, exactDirection);
            if (double.IsNaN(second.Reference) && fault.Value is null && hasIdentity && HasExpectations) second = Check(ReparameterizationCheckMethod.Expectation, direction, exactDirection);
            if (double.IsNaN(second.Reference) && fault.Value is null && !isTooNarrow) return row with { Reason = $"{row.Reason}; the method {second.Method} cannot confirm this: {WithoutLack(second.Reason)}" };
            return second.Passed ? row with { Reason = $"{row.Reason}, and with {(second.Method == ReparameterizationCheckMethod.Implicit ? ImplicitCheck.Identity : "expectations")}" } : second;
        }

        private ReparameterizationCheckRow OfIdentity(PerturbationDirection direction, PerturbationDirection exactDirection, double tolerance, ReparameterizationCheckRow row)
        {
            ReparameterizationCheckRow each = identity.Value.Compare(paths.Value, exactDirection, tolerance).Judge(PathGradient(direction), tolerance, row, ImplicitCheck.Identity);
            if (each.Passed || isSinglePath.Value || double.IsNaN(each.Reference)) return each;
            return meanIdentity.Value.Judge(direction, exactDirection, options.Tolerance ?? DefaultTolerance(ReparameterizationCheckMethod.Expectation, distribution.DType), row with { Draws = manyDraws.Value.Count });
        }

        private ReparameterizationCheckRow Explained(ReparameterizationCheckRow row) => row.Passed || !rejects ? row : row with
        {
            Reason = $"{row.Reason}; the number of random numbers depends on a parameter: the sampler probably rejects proposals, and the gradient of an accepted proposal ignores that the parameter also changes which proposals are accepted",
        };

        private ReparameterizationCheckRow? TooNarrow(ReparameterizationCheckRow row) =>
            isTooNarrow ? row with { Reason = $"{NoReference}the spread of the draws is hardly larger than their rounding error; check at parameters that give a wider spread" } : null;

        private static string WithoutLack(string reason) => reason.StartsWith(NoReference, StringComparison.Ordinal) ? reason[NoReference.Length..] : reason;

        // What the user gave is not compared with a gradient if it contradicts itself.
        private ReparameterizationCheckRow? Faulty(ReparameterizationCheckRow row) => fault.Value is { } reason ? row with { Passed = false, Reason = reason } : null;

        private string? FirstFault()
        {
            if (exact is not CustomDistribution custom) return null;
            int count = custom.RunsOneByOne() ? FewDraws : DrawsOfCustomCheck;
            return CustomCheck.Run(custom, count, options.Stream, CustomCheckLevel).FirstOrDefault(check => !check.Passed)?.Reason;
        }

        private Tensor? AtEnds(Tensor draws) => distribution.EventShape.Length > 0 || distribution.Support.IsDiscrete
            ? null
            : ImplicitCheck.AreAtEnds(distribution.Support, draws.to(ScalarType.Float64), distribution.DType, DefaultTolerance(ReparameterizationCheckMethod.FrozenNoise, distribution.DType));

        private bool HasExpectations => distribution.HasLogProb || distribution.HasQuantile || distribution.HasMoments;

        private ReparameterizationCheckMethod Choose(PerturbationDirection[] directions)
        {
            if (directions.Length == 0) return options.Method;
            var obstacle = new Lazy<FrozenNoiseObstacle>(() => ObstacleOf(directions));
            bool Applies(ReparameterizationCheckMethod method) => method switch
            {
                ReparameterizationCheckMethod.FrozenNoise => obstacle.Value == FrozenNoiseObstacle.None,
                ReparameterizationCheckMethod.Implicit => hasImplicitIdentity.Value,
                _ => HasExpectations,
            };
            IEnumerable<ReparameterizationCheckMethod> applicable =
                new[] { ReparameterizationCheckMethod.FrozenNoise, ReparameterizationCheckMethod.Implicit, ReparameterizationCheckMethod.Expectation }.Where(Applies);
            if (options.Method != ReparameterizationCheckMethod.Auto && Applies(options.Method)) return options.Method;
            ReparameterizationCheckMethod[] found = [.. applicable];
            if (options.Method == ReparameterizationCheckMethod.Auto && found.Length > 0) return found[0];
            string advice = found.Length > 0
                ? $"Use Method {string.Join(", ", found)} or {ReparameterizationCheckMethod.Auto}."
                : "No other method applies." + (distribution is CustomDistribution ? " Give -LogProbability or -Quantile to New-CustomDistribution." : "");
            throw new NotSupportedException($"{Refusal(directions[0].Leaf.Path, obstacle)} {advice}");
        }

        private FrozenNoiseObstacle ObstacleOf(PerturbationDirection[] directions)
        {
            switch (distribution.Reparameterization)
            {
                case Reparameterization.Implicit: return FrozenNoiseObstacle.ImplicitGradient;
                case Reparameterization.StraightThrough: return FrozenNoiseObstacle.Jumps;
            }
            FrozenNoiseObstacle obstacle = FrozenNoiseCheck.ObstacleOf(distribution, tree, directions, options.Stream);
            rejects |= obstacle == FrozenNoiseObstacle.Jumps;
            return obstacle;
        }

        private string Refusal(string parameter, Lazy<FrozenNoiseObstacle> obstacle) => options.Method switch
        {
            ReparameterizationCheckMethod.Expectation => $"Method Expectation needs a log-density or a quantile function, and {distribution.Name} has neither.",
            ReparameterizationCheckMethod.Implicit when distribution is CustomDistribution => $"Method Implicit needs a univariate distribution with a log-density; {distribution.Name} is not one.",
            ReparameterizationCheckMethod.Implicit => $"Method Implicit needs a univariate distribution with a CDF and a sampler that uses one random number per draw; {distribution.Name} is not one.",
            _ when obstacle.Value == FrozenNoiseObstacle.ImplicitGradient =>
                $"Method FrozenNoise does not apply to {parameter} of {distribution.Name}: the draws are made by rejection or by a choice of components, so there is no fixed noise to hold.",
            _ => $"Method FrozenNoise does not apply to {parameter} of {distribution.Name}: the sampler rounds, or rejects proposals, so its result jumps even if the noise stays the same.",
        };

        // Draw by draw, and output by output within a draw.
        private double[]? PathGradient(PerturbationDirection direction)
        {
            double[]?[] outputs = [.. pathGradients.Value.Select(each => each.TryGetValue(direction.Leaf.Path, out Tensor? gradient) ? CheckedDraws.Along(gradient, direction) : null)];
            if (outputs.All(output => output is null)) return null;
            return [.. Enumerable.Range(0, (int)paths.Value.Count).SelectMany(draw => outputs.Select(output => output?[draw] ?? 0))];
        }

        // Expectations from a few draws do not confirm anything; a function that takes one draw at a time cannot have many.
        private long Draws(ReparameterizationCheckMethod method)
        {
            if (method != ReparameterizationCheckMethod.Expectation) return options.Draws ?? ReparameterizationCheckOptions.DefaultPathDraws;
            if (options.Method == ReparameterizationCheckMethod.Expectation && options.Draws is { } given) return given;
            return Math.Max(options.Draws ?? 0, distribution is CustomDistribution custom && custom.RunsOneByOne() ? FewDraws : ReparameterizationCheckOptions.DefaultExpectationDraws);
        }

        // Half the distance between the quartiles, which exists for every distribution: of the narrowest and of the widest element.
        private IReadOnlyList<double> Spreads()
        {
            using var random = options.Stream.Open(distribution.Device);
            using Tensor draws = distribution.Sample([PilotDraws], random);
            double[] values = ManagedValues.ToDoubles(draws);
            int elements = values.Length / (int)PilotDraws;
            double[] ends = AtEnds(draws) is { } found ? ManagedValues.ToDoubles(found.to(ScalarType.Float64).mean([0])) : new double[elements];
            double[] spreads = [.. Enumerable.Range(0, elements).Select(element =>
            {
                double[] sorted = [.. Enumerable.Range(0, (int)PilotDraws).Select(draw => values[draw * elements + element]).Where(double.IsFinite).Order()];
                if (sorted.Length == 0) return 1;
                double distance = sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4];
                double rounding = FewestRoundings * Math.Abs(sorted[sorted.Length / 2]);
                if (ends[element] > 0.5 && distance <= rounding * TorchTypes.Epsilon(distribution.DType)) isAtEnd = true;
                else isTooNarrow |= distribution.EventShape.Length == 0 && distance > 0 && distance < rounding * TorchTypes.Epsilon(ScalarType.Float64);
                return distance / 2;
            }).Where(spread => spread > 0).DefaultIfEmpty(1)];
            return [spreads.Min(), spreads.Max()];
        }
    }
}
