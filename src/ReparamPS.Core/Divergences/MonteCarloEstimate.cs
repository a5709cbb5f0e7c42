using ReparamPS.Distributions;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using ReparamPS.TorchGuard;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Expectations under a distribution, estimated from draws, each with its standard error, for quantities without a closed form.</summary>
/// <param name="Value">The estimate, in the batch shape. Its gradient is pathwise if the distribution is continuous and reparameterized, otherwise it is the score function's. It has none if neither is unbiased, because a density jumps at a place that moves with the parameters.</param>
/// <param name="StandardError">The standard deviation of the estimate; 0 if the estimate is infinite, which a single draw outside the support of Q proves.</param>
public sealed record MonteCarloEstimate(Tensor Value, Tensor StandardError)
{
    /// <summary>Whether a few of the draws determine an estimate, so that its standard error is not known and the expectation may be infinite.</summary>
    public bool IsOfFewDraws { get; init; }

    private const long MaxAtOnce = 1L << 22;
    private const int CopiesInGraph = 6;

    /// <summary>KL(P ‖ Q) = E_P[log P(x) − log Q(x)].</summary>
    /// <param name="p">The distribution to draw from.</param>
    /// <param name="q">The other distribution.</param>
    /// <param name="draws">The number of draws; at least 2.</param>
    /// <param name="random">The random stream.</param>
    public static MonteCarloEstimate Divergence(Distribution p, Distribution q, long draws, RandomSource random)
    {
        Distribution wide = p.Expand(KullbackLeibler.CommonBatch(p, q));
        if (KullbackLeibler.DifferentMeasures(p, q, KullbackLeibler.Infinite) is { } error) throw error;
        return Average(wide, value => wide.LogProb(value) - q.LogProb(value), draws, random, RouteOf(wide, q));
    }

    /// <summary>The cross entropy −E_P[log Q(x)].</summary>
    /// <inheritdoc cref="Divergence"/>
    public static MonteCarloEstimate CrossEntropy(Distribution p, Distribution q, long draws, RandomSource random)
    {
        long[] batch = KullbackLeibler.CommonBatch(p, q);
        if (KullbackLeibler.DifferentMeasures(p, q, KullbackLeibler.InfiniteCrossEntropy) is { } error) throw error;
        return Average(p.Expand(batch), value => -q.LogProb(value), draws, random, RouteOf(p, q));
    }

    /// <summary>The entropy −E_P[log P(x)].</summary>
    /// <inheritdoc cref="Divergence"/>
    public static MonteCarloEstimate Entropy(Distribution p, long draws, RandomSource random) => Average(p, value => -p.LogProb(value), draws, random, RouteOf(p, p));

    /// <summary>The Jensen–Shannon divergence ½ KL(P ‖ M) + ½ KL(Q ‖ M) with M the equal mixture of the two; between 0 and log 2.</summary>
    /// <inheritdoc cref="Divergence"/>
    public static MonteCarloEstimate JensenShannon(Distribution p, Distribution q, long draws, RandomSource random)
    {
        long[] batch = KullbackLeibler.CommonBatch(p, q);
        if (KullbackLeibler.DifferentMeasures(p, q, "the Jensen–Shannon divergence is log 2") is { } error) throw error;
        MonteCarloEstimate left = ToMiddle(p.Expand(batch), q, draws, random), right = ToMiddle(q.Expand(batch), p, draws, random);
        using var scope = NewDisposeScope();
        return new MonteCarloEstimate(
            ((left.Value + right.Value) / 2).MoveToOuterDisposeScope(),
            ((left.StandardError.square() + right.StandardError.square()).sqrt() / 2).MoveToOuterDisposeScope());
    }

    // log p − log ½(p + q) = log 2 − log(1 + q / p).
    private static MonteCarloEstimate ToMiddle(Distribution p, Distribution q, long draws, RandomSource random)
    {
        // The terms are finite outside the support of Q too, so they can jump at its ends.
        bool isWithinQ = p.Support.Name == q.Support.Name;
        Route route = q.Support is { DependsOnParameters: true, IsDiscrete: false } ? Route.None : RouteOf(p, q, isWithinQ);
        return Average(p, value => Math.Log(2) + TensorFunctions.LogSigmoid(p.LogProb(value) - q.LogProb(value)), draws, random, route);
    }

    // A pathwise gradient misses what terms that jump change as draws cross the jump. The score function's is right, unless a jump moves with the parameters. Discrete draws that pass
    // a gradient, such as straight-through ones, pass a biased one.
    private static Route RouteOf(Distribution p, Distribution q, bool isContinuous = true)
    {
        if (p.Support.IsDiscrete) return p.Support.DependsOnParameters || q.Support.DependsOnParameters ? Route.None : Route.Score;
        if (HasMovingSteps(p) || HasMovingSteps(q)) return Route.None;
        return p.HasRSample && isContinuous ? Route.Pathwise : p.Support.DependsOnParameters ? Route.None : Route.Score;
    }

    // The density of a mixture has a step at each end of a component.
    private static bool HasMovingSteps(Distribution distribution) => distribution switch
    {
        MixtureSameFamily mixture => mixture.Support is { DependsOnParameters: true, IsDiscrete: false },
        Independent independent => HasMovingSteps(independent.BaseDistribution),
        TransformedDistribution transformed => HasMovingSteps(transformed.BaseDistribution) || (transformed.Transforms.Any(part => part.RequiresGrad) && HasSteps(transformed.BaseDistribution)),
        _ => false,
    };

    private static bool HasSteps(Distribution distribution) => distribution switch
    {
        MixtureSameFamily mixture => mixture.HasSteps(),
        Independent independent => HasSteps(independent.BaseDistribution),
        TransformedDistribution transformed => HasSteps(transformed.BaseDistribution),
        _ => false,
    };

    // In pieces, so that the draws need not fit into memory at once. Means and squares are combined by the method of Chan, Golub and LeVeque.
    private static MonteCarloEstimate Average(Distribution p, Func<Tensor, Tensor> function, long draws, RandomSource random, Route route)
    {
        if (draws < 2) throw new ArgumentException($"Draws must be at least 2, for a standard error; got {draws}.", nameof(draws));
        using var scope = NewDisposeScope();
        long size = Math.Max(1, TensorShapes.Count([.. p.BatchShape, .. p.EventShape])), piece = Math.Max(2, MaxAtOnce / size), done = 0;
        Tensor? mean = null, squares = null;
        Moments[]? moments = null;
        while (done < draws)
        {
            using var inner = NewDisposeScope();
            long count = Math.Min(piece, draws - done);
            Tensor sample = route == Route.Pathwise ? p.RSample([count], random) : p.Sample([count], random), terms = function(sample);
            if (route == Route.None) terms = terms.detach();
            else if (route == Route.Score && is_grad_enabled() && p.Tensors.Any(tensor => tensor.requires_grad)) terms = WithScore(terms, p, sample);
            // The graph of a gradient keeps every draw.
            if (terms.requires_grad && done == 0) MemoryLimit.Check((double)draws * size * CopiesInGraph, sizeof(double));
            if (draws >= Moments.EnoughForTails)
            {
                Moments[] columns = [.. ManagedValues.ToDoubles(terms.detach().reshape(count, -1).t().contiguous()).Chunk((int)count).Select(column => Moments.Of(column))];
                moments = moments is null ? columns : [.. moments.Zip(columns, (left, right) => left.With(right))];
            }
            Tensor own = terms.mean([0]), spread = (terms - own).square().sum([0]).detach();
            if (mean is null) (mean, squares) = (own, spread);
            else
            {
                Tensor step = own - mean;
                squares = squares! + spread + step.detach().square() * ((double)done * count / (done + count));
                mean += step * ((double)count / (done + count));
            }
            mean.MoveToOuterDisposeScope();
            squares.MoveToOuterDisposeScope();
            done += count;
        }
        Tensor error = (squares! / ((double)draws * (draws - 1))).sqrt().masked_fill(mean!.detach().isinf(), 0);
        return new MonteCarloEstimate(mean.MoveToOuterDisposeScope(), error.MoveToOuterDisposeScope()) { IsOfFewDraws = moments?.Any(each => Moments.IsOfFew(each.Variance, each.VarianceError)) ?? false };
    }

    // Draws without a pathwise gradient need the score function's, with the mean of the other draws as baseline: a term that is 0, whose gradient is that.
    // A draw with an infinite term already makes the estimate infinite.
    private static Tensor WithScore(Tensor terms, Distribution p, Tensor sample)
    {
        Tensor log = p.LogProb(sample), weights = terms.detach().masked_fill(terms.isinf(), 0);
        long count = weights.shape[0];
        if (count > 1) weights = (weights - weights.mean([0])) * ((double)count / (count - 1));
        return terms + weights * (log - log.detach());
    }

    // How an estimate gets its gradient. None is better than a wrong one.
    private enum Route { None, Pathwise, Score }
}
