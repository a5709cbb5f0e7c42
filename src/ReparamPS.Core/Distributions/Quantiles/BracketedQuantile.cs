using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>Quantiles of continuous distributions whose CDF has no inverse, over whole tensors: Newton's method on the logarithm of the smaller tail, inside a shrinking bracket.</summary>
internal static class BracketedQuantile
{
    private const int MaxSteps = 200;

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
        Tensor isLower = probability < 0.5;
        Tensor target = TensorChoice.Where(isLower, probability.log(), (-probability).log1p());
        Tensor x = Middle(low, high), done = low == high;
        for (int i = 0; i < MaxSteps && !TensorQuestions.All(done); i++)
        {
            SearchCancellation.Check();
            Tensor log = TensorChoice.Where(isLower, distribution.LogCdf(x), distribution.LogSurvival(x));
            Tensor excess = TensorChoice.Where(isLower, log - target, target - log);
            low = TensorChoice.Where(excess < 0, x, low);
            high = TensorChoice.Where(excess >= 0, x, high);
            Tensor next = x - excess * (log - distribution.LogProb(x)).exp();
            // Every third step halves the bracket, so that it closes even if Newton's method does not converge.
            Tensor inside = (next > low) & (next < high);
            next = i % 3 == 2 ? Middle(low, high) : TensorChoice.Where(inside, next, Middle(low, high));
            Tensor close = (next - x).abs() <= TorchTypes.Epsilon(x.dtype) * x.abs();
            done = done | (excess == 0) | (close & (i % 3 != 2)) | ((high - low) <= TorchTypes.Epsilon(x.dtype) * x.abs());
            x = TensorChoice.Where(done & (excess == 0), x, next);
        }
        return TensorChoice.Where(low == high, low, x);
    }

    // If the bracket is still unbounded, both ends are the same infinity, which is the quantile.
    private static Tensor Middle(Tensor low, Tensor high) => TensorChoice.Where(low == high, low, low + (high - low) / 2);
}
