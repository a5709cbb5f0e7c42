using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>Quantiles of distributions on the integers, by bracketing and bisection on their CDF.</summary>
internal static class DiscreteQuantile
{
    private const int MaxDoublings = 60;

    /// <summary>The smallest non-negative integer whose CDF reaches the probability; infinite if the CDF never reaches a probability of 1.</summary>
    /// <param name="cdf">The CDF at integers.</param>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="firstUpper">The first upper value of the search: a bound, or an estimate of one.</param>
    /// <param name="isBounded">Whether the first upper value bounds the support.</param>
    public static Tensor Search(Func<Tensor, Tensor> cdf, Tensor probability, Tensor firstUpper, bool isBounded)
    {
        using var noGrad = no_grad();
        Tensor high = firstUpper.expand(broadcast_tensors(probability, firstUpper)[0].shape).floor();
        Tensor low = full_like(high, -1);
        for (int i = 0; !isBounded && i < MaxDoublings; i++)
        {
            Tensor tooLow = cdf(high) < probability;
            if (!TensorQuestions.Any(tooLow)) break;
            low = TensorChoice.Where(tooLow, high, low);
            high = TensorChoice.Where(tooLow, high * 2 + 1, high);
        }
        // A probability of 0 is reached everywhere, even below 0.
        high = Bisect(cdf, probability, low, high).clamp(min: 0);
        return isBounded ? high : high.masked_fill(probability == 1, double.PositiveInfinity);
    }

    /// <summary>The smallest integer between two integers whose CDF reaches the probability.</summary>
    public static Tensor Between(Func<Tensor, Tensor> cdf, Tensor probability, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        return Bisect(cdf, probability, low - 1, high).maximum(low);
    }

    private static Tensor Bisect(Func<Tensor, Tensor> cdf, Tensor probability, Tensor low, Tensor high)
    {
        while (TensorQuestions.Any(high - low > 1))
        {
            Tensor middle = ((low + high) / 2).floor();
            Tensor reached = cdf(middle) >= probability;
            (low, high) = (TensorChoice.Where(reached, low, middle), TensorChoice.Where(reached, middle, high));
        }
        return high;
    }
}
