using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>Quantiles of continuous distributions whose CDF has no inverse, over whole tensors: Newton's method, or the secant method, on the logarithm of the smaller tail, inside a shrinking bracket.</summary>
internal static class BracketedQuantile
{
    private const int MaxSteps = 200;

    // A tail is right to a few roundings. One with more noise, which the exponent bounds, cannot be matched closer than that.
    private const double Roundings = 4, NoiseExponent = 0.62;

    /// <summary>The quantile; differentiable once in the parameters, and in the probability, by the implicit function theorem.</summary>
    public static Tensor Solve(IContinuousTails distribution, Tensor probability, Tensor low, Tensor high)
    {
        Tensor root = Root(distribution, probability.detach(), low, high);
        Tensor level = distribution.Cdf(root);
        if (!level.requires_grad && !probability.requires_grad) return root;
        Tensor density = distribution.LogProb(root).exp().detach();
        Tensor change = probability - probability.detach() - (level - level.detach()), step = (change + FirstOrder.Guard(change)) / density;
        return root + TensorChoice.Where(step.detach().isfinite(), step, 0.0);
    }

    private static Tensor Root(IContinuousTails distribution, Tensor probability, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        double epsilon = TorchTypes.Epsilon(probability.dtype);
        Tensor isLower = probability < 0.5;
        Tensor target = TensorChoice.Where(isLower, probability.log(), (-probability).log1p()), scale = 1 + target.abs();
        Tensor x = Middle(low, high), done = low == high, last = full_like(x, double.PositiveInfinity), wasStep = zeros_like(done), lastX = x, lastExcess = last;
        for (int i = 0; i < MaxSteps && !TensorQuestions.All(done); i++)
        {
            SearchCancellation.Check();
            Tensor log = distribution.LogTail(x, isLower);
            Tensor excess = TensorChoice.Where(isLower, log - target, target - log), size = excess.abs();
            low = TensorChoice.Where(excess < 0, x, low);
            high = TensorChoice.Where(excess >= 0, x, high);
            // Where a step does not halve the error, such as far out, the bracket is halved.
            Tensor move = distribution.IsDensityExact ? excess * (log - distribution.LogProb(x)).exp() : excess * (x - lastX) / (excess - lastExcess);
            Tensor isSlow = size > last / 2, next = x - move, isStep = (next > low) & (next < high) & ~isSlow;
            next = TensorChoice.Where(isStep, next, Middle(low, high));
            Tensor isExact = (excess == 0) | (isSlow & wasStep & (size <= Math.Pow(epsilon, NoiseExponent) * scale));
            Tensor isClose = (isStep & ((size <= Roundings * epsilon * scale) | ((next - x).abs() <= epsilon * x.abs()))) | (high - low <= epsilon * x.abs());
            Tensor at = x;
            x = TensorChoice.Where(done | isExact, x, next);
            done = done | isExact | isClose;
            (last, wasStep, lastX, lastExcess) = (size, isStep, at, excess);
        }
        return TensorChoice.Where(low == high, low, x);
    }

    // If the bracket is still unbounded, both ends are the same infinity, which is the quantile.
    private static Tensor Middle(Tensor low, Tensor high) => TensorChoice.Where(low == high, low, low + (high - low) / 2);
}
