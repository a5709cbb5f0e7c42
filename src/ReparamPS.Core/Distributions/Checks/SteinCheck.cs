using ReparamPS.Distributions.Transforms;
using ReparamPS.Numerics.Statistics;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Checks;

/// <summary>
/// Whether draws of vectors follow a density, by Stein's identity (Stein 1972; Gorham and Mackey 2015): E[φ(y) ∂ log p(y) / ∂yⱼ + ∂φ(y) / ∂yⱼ] = 0 under p, for each coordinate yⱼ of unconstrained coordinates
/// and each bounded function φ. Here u is y standardized, and φ is 1, tanh uₖ, 1 − tanh² uₖ, and tanh uⱼ (1 − tanh² uₖ): location, scale, shape and dependence. The density's constant cancels.
/// </summary>
/// <param name="Member">The member of the batch with the worst mean.</param>
/// <param name="Mean">The mean, which should be 0.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="PValue">The probability of such a mean.</param>
/// <param name="Tests">The number of means that were tested.</param>
internal sealed record SteinCheck(int Member, double Mean, double StandardError, double PValue, int Tests)
{
    // Coordinates that are paired with each one.
    private const int MaxPairs = 8;

    // E|d|³ / (E[d²]^1.5 √n) bounds how far a mean is from normal; many means are tested, so far out in the tails.
    private const double MaxLyapunovRatio = 0.1, MinRelativeError = 1e-9;

    /// <summary>Tests; null if the density has no gradient in unconstrained coordinates, or a draw has none.</summary>
    /// <param name="distribution">A distribution over vectors or matrices.</param>
    /// <param name="count">The number of draws.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static SteinCheck? Of(Distribution distribution, int count, RandomSeed seed)
    {
        if (!distribution.HasLogProb || !FillsSupport(distribution) || Bijections.Find(distribution.Support).Map is not { } map) return null;
        using var scope = NewDisposeScope();
        using var random = seed.Open(distribution.Device);
        Tensor draws;
        using (no_grad()) draws = map.Inverse(distribution.Sample([count], random));
        if (!TensorQuestions.All(draws.isfinite()) || Scores(distribution, map, draws) is not { } scores) return null;
        int members = (int)TensorShapes.Count(distribution.BatchShape);
        using var noGrad = no_grad();
        return Worst(draws.reshape(count, members, -1), scores.reshape(count, members, -1));
    }

    // The draws of angles end where their density goes on around the circle, and log-probabilities lie on a surface.
    private static bool FillsSupport(Distribution distribution) => !distribution.IsCircular && distribution switch
    {
        ExpRelaxedCategorical => false,
        TransformedDistribution transformed => FillsSupport(transformed.BaseDistribution),
        Independent many => FillsSupport(many.BaseDistribution),
        MixtureSameFamily mixture => FillsSupport(mixture.ComponentDistribution),
        _ => true,
    };

    // The gradient of the log-density at each draw; null if there is none.
    private static Tensor? Scores(Distribution distribution, Transform map, Tensor draws)
    {
        using var grad = enable_grad();
        using Tensor leaf = draws.detach().clone().requires_grad_();
        Tensor x = map.Forward(leaf), jacobian = map.LogAbsDetJacobian(leaf, x), log = distribution.LogProb(x);
        while (jacobian.dim() > log.dim()) jacobian = jacobian.sum(-1);
        Tensor sum = (log + jacobian).sum();
        if (!log.requires_grad) return null;
        // The distribution's parameters may be leaves of the user.
        autograd.backward([sum], [ones_like(sum)], retain_graph: false, create_graph: false, inputs: [leaf]);
        return leaf.grad is { } found && TensorQuestions.All(found.isfinite()) ? found.clone() : null;
    }

    private static SteinCheck? Worst(Tensor y, Tensor scores)
    {
        long size = y.shape[^1];
        Tensor Quantile(double level) => y.quantile(full([], level, y.dtype, y.device), dim: 0).reshape(y.shape[1..]);
        Tensor middle = Quantile(0.5), spread = (Quantile(0.75) - Quantile(0.25)) / 1.349;
        if (!TensorQuestions.All(spread > 0)) return null;
        Tensor odd = ((y - middle) / spread).tanh(), even = 1 - odd.square();
        SteinCheck? worst = null;
        int tests = 0;
        void Test(Tensor terms)
        {
            Tensor mean = terms.mean([0]), distance = (terms - mean).abs(), variance = distance.square().mean([0]), third = distance.pow(3).mean([0]);
            double[] means = ManagedValues.ToDoubles(mean), variances = ManagedValues.ToDoubles(variance), thirds = ManagedValues.ToDoubles(third), sizes = ManagedValues.ToDoubles(terms.abs().mean([0]));
            double root = Math.Sqrt(terms.shape[0]);
            for (int i = 0; i < means.Length; i++)
            {
                double error = Math.Sqrt(variances[i]) / root;
                if (error <= MinRelativeError * sizes[i] || thirds[i] / (Math.Pow(variances[i], 1.5) * root) > MaxLyapunovRatio) continue;
                tests++;
                double p = TestStatistics.NormalPValue(means[i] / error);
                if (worst is null || p < worst.PValue) worst = new SteinCheck((int)(i / size), means[i], error, p, 0);
            }
        }
        Test(scores);
        for (int shift = 0; shift < Math.Min(size, MaxPairs); shift++)
        {
            using var part = NewDisposeScope();
            Tensor other = odd.roll([-shift], [-1]), otherEven = even.roll([-shift], [-1]);
            Test(scores * other + (shift == 0 ? even / spread : 0));
            Test(scores * otherEven + (shift == 0 ? -2 * odd * even / spread : 0));
            if (shift > 0) Test(scores * odd * otherEven + even * otherEven / spread);
        }
        return worst is null ? null : worst with { Tests = tests };
    }
}
