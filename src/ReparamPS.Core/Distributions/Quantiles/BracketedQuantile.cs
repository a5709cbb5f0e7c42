using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>Quantiles of continuous distributions whose CDF has no inverse, over whole tensors: Newton's method, or the secant method, on the logarithm of the smaller tail, inside a shrinking bracket.</summary>
internal static class BracketedQuantile
{
    private const int MaxSteps = 200;

    // Brackets are usually a few units wide. One that is still open after this many steps can span many magnitudes.
    private const int PlainSteps = 12;

    // A tail is right to a few roundings. One with more noise, which the exponent bounds, cannot be matched closer than that.
    private const double Roundings = 4, NoiseExponent = 0.62;

    /// <summary>The quantile; differentiable once in the parameters, and in the probability, by the implicit function theorem.</summary>
    public static Tensor Solve(IContinuousTails distribution, Tensor probability, Tensor low, Tensor high)
    {
        Tensor p = probability.detach(), isLower = p < 0.5;
        // The bounds are the quantiles of 0 and 1.
        Tensor root = Root(distribution, TensorChoice.Where(isLower, p.log(), (-p).log1p()), isLower, TensorChoice.Where(p == 1, high, low), TensorChoice.Where(p == 0, low, high), PlainSteps);
        return Moving(distribution, root, probability, distribution.Cdf(root), 1);
    }

    /// <summary>The value that a draw exceeds with a probability, which can be so small that its difference from 1 has no digits; differentiable like the quantile.</summary>
    public static Tensor SolveUpper(IContinuousTails distribution, Tensor probability, Tensor low, Tensor high)
    {
        Tensor p = probability.detach();
        // Nothing is known about the magnitude.
        Tensor root = Root(distribution, p.log(), zeros_like(p, ScalarType.Bool), low, high, plainSteps: 0);
        return Moving(distribution, root, probability, distribution.Survival(root), -1);
    }

    private static Tensor Moving(IContinuousTails distribution, Tensor root, Tensor probability, Tensor level, int sign)
    {
        if (!level.requires_grad && !probability.requires_grad) return root;
        Tensor density = distribution.LogProb(root).exp().detach();
        Tensor change = sign * (probability - probability.detach() - (level - level.detach())), step = (change + FirstOrder.Guard(change)) / density;
        return root + TensorChoice.Where(step.detach().isfinite(), step, 0.0);
    }

    private static Tensor Root(IContinuousTails distribution, Tensor target, Tensor isLower, Tensor low, Tensor high, int plainSteps)
    {
        using var noGrad = no_grad();
        double epsilon = TorchTypes.Epsilon(target.dtype);
        if (TensorQuestions.Any((high - low).isinf())) plainSteps = 0;
        Tensor scale = 1 + target.abs();
        Tensor x = Middle(low, high, plainSteps > 0), done = low == high, last = full_like(x, double.PositiveInfinity), wasStep = zeros_like(done), lastX = x, lastExcess = last;
        for (int i = 0; !TensorQuestions.All(done); i++)
        {
            if (i == MaxSteps) throw new InvalidOperationException($"No quantile was found in {MaxSteps} steps. If this is a custom distribution, its Cdf must return the same result each time it gets the same value.");
            SearchCancellation.Check();
            bool isPlain = i < plainSteps;
            Tensor log = distribution.LogTail(x, isLower);
            Tensor excess = TensorChoice.Where(isLower, log - target, target - log), size = excess.abs();
            low = TensorChoice.Where(excess < 0, x, low);
            high = TensorChoice.Where(excess >= 0, x, high);
            // Where a step does not halve the error, such as far out, the bracket is halved.
            Tensor move = distribution.IsDensityExact ? excess * (log - distribution.LogProb(x)).exp() : excess * (x - lastX) / (excess - lastExcess);
            Tensor isSlow = size > last / 2, next = x - move, isStep = (next > low) & (next < high) & ~isSlow;
            // Steps towards another magnitude are slow, though each of them halves the error.
            if (!isPlain) isStep &= move.abs() < x.abs() / 4;
            next = TensorChoice.Where(isStep, next, Middle(low, high, isPlain));
            Tensor isExact = (excess == 0) | (isSlow & wasStep & (size <= Math.Pow(epsilon, NoiseExponent) * scale));
            Tensor isClose = (isStep & ((size <= Roundings * epsilon * scale) | ((next - x).abs() <= epsilon * x.abs()))) | (high - low <= epsilon * x.abs()) | (next == low) | (next == high);
            Tensor at = x, isLost = log.isnan();
            x = TensorChoice.Where(done | isExact, x, next.masked_fill(isLost, double.NaN));
            done = done | isExact | isClose | isLost;
            (last, wasStep, lastX, lastExcess) = (size, isStep, at, excess);
        }
        return TensorChoice.Where(low == high, low, x);
    }

    private static Tensor Middle(Tensor low, Tensor high, bool isPlain) => isPlain ? Halving.Arithmetic(low, high) : Halving.ByMagnitude(low, high);
}
