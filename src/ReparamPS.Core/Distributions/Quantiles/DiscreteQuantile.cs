using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Quantiles;

/// <summary>
/// Quantiles of whole-number distributions by bracketing and bisection on their tails. The number of steps is bounded: beyond 2⁵³, where neighbouring numbers of the type
/// are more than 1 apart, the bracket closes when no number of the type lies inside it.
/// </summary>
internal static class DiscreteQuantile
{
    private const int MaxDoublings = 1100, MaxHalvings = 1200;

    // Tails are right to about that: a CDF that falls short by less reaches the probability.
    private const double Slack = 1e-13;

    /// <summary>The smallest whole number from 0 on whose CDF reaches the probability; infinite where a probability of 1 is reached nowhere.</summary>
    /// <param name="cdf">The CDF at whole numbers.</param>
    /// <param name="survival">The survival function at whole numbers.</param>
    /// <param name="probability">In [0, 1].</param>
    /// <param name="firstUpper">The first upper value of the search: a bound, or an estimate of one.</param>
    /// <param name="isBounded">Whether the first upper value bounds the support.</param>
    public static Tensor Search(Func<Tensor, Tensor> cdf, Func<Tensor, Tensor> survival, Tensor probability, Tensor firstUpper, bool isBounded)
    {
        if (!TensorQuestions.HasValues(probability)) return probability + firstUpper;
        using var noGrad = no_grad();
        // A probability of 0 is reached everywhere, below 0 too.
        Tensor found = FromZero(Reaching(cdf, survival, probability), probability, firstUpper, isBounded).clamp(min: 0);
        return isBounded ? found : found.masked_fill(probability == 1, double.PositiveInfinity);
    }

    /// <summary>The largest whole number x from 0 on with P(X ≥ x) of at least the probability, which is greater than 0 and less than 1.</summary>
    /// <param name="cdf">The CDF at whole numbers.</param>
    /// <param name="survival">The survival function at whole numbers.</param>
    /// <param name="probability">In (0, 1).</param>
    /// <param name="firstUpper">An estimate of an upper bound.</param>
    public static Tensor SearchFromAbove(Func<Tensor, Tensor> cdf, Func<Tensor, Tensor> survival, Tensor probability, Tensor firstUpper)
    {
        if (!TensorQuestions.HasValues(probability)) return probability + firstUpper;
        using var noGrad = no_grad();
        // The first at which P(X > x) no longer reaches it.
        Func<Tensor, Tensor> isReached = Reaching(survival, cdf, probability);
        return FromZero(value => ~isReached(value), probability, firstUpper, isBounded: false);
    }

    private static Tensor FromZero(Func<Tensor, Tensor> isReached, Tensor probability, Tensor firstUpper, bool isBounded)
    {
        Tensor high = firstUpper.expand(broadcast_tensors(probability, firstUpper)[0].shape).floor();
        Tensor low = full_like(high, -1);
        for (int i = 0; !isBounded && i < MaxDoublings; i++)
        {
            SearchCancellation.Check();
            Tensor isTooLow = ~isReached(high) & high.isfinite() & (probability < 1);
            if (!TensorQuestions.Any(isTooLow)) break;
            low = TensorChoice.Where(isTooLow, high, low);
            high = TensorChoice.Where(isTooLow, high * 2 + 1, high);
        }
        return Bisect(isReached, low, high);
    }

    /// <summary>The smallest whole number from a lower to an upper one whose CDF reaches the probability.</summary>
    public static Tensor Between(Func<Tensor, Tensor> cdf, Func<Tensor, Tensor> survival, Tensor probability, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        return Bisect(Reaching(cdf, survival, probability), low - 1, high).maximum(low);
    }

    /// <summary>The smallest float from a lower to an upper one whose CDF reaches the probability.</summary>
    public static Tensor BetweenFloats(Func<Tensor, Tensor> cdf, Func<Tensor, Tensor> survival, Tensor probability, Tensor low, Tensor high)
    {
        using var noGrad = no_grad();
        Func<Tensor, Tensor> isReached = Reaching(cdf, survival, probability);
        high = TensorChoice.Where(isReached(low), low, high);
        for (int i = 0; i < MaxHalvings; i++)
        {
            SearchCancellation.Check();
            Tensor middle = Halving.ByMagnitude(low, high), isOpen = (middle > low) & (middle < high);
            if (!TensorQuestions.Any(isOpen)) break;
            Tensor reached = isReached(middle);
            (low, high) = (TensorChoice.Where(isOpen & ~reached, middle, low), TensorChoice.Where(isOpen & reached, middle, high));
        }
        return high;
    }

    // By the smaller tail, which has the digits.
    private static Func<Tensor, Tensor> Reaching(Func<Tensor, Tensor> cdf, Func<Tensor, Tensor> survival, Tensor probability)
    {
        Tensor isLower = probability < 0.5;
        return value => Reaches(cdf(value), survival(value), probability, isLower);
    }

    /// <summary>Whether tails at a value reach a probability.</summary>
    /// <param name="below">The CDF.</param>
    /// <param name="above">The survival function.</param>
    /// <param name="probability">In [0, 1].</param>
    public static Tensor Reaches(Tensor below, Tensor above, Tensor probability) => Reaches(below, above, probability, probability < 0.5);

    // Near 1 the probability is rounded more coarsely than the upper tail: a CDF that is rounded to it reaches it.
    private static Tensor Reaches(Tensor below, Tensor above, Tensor probability, Tensor isLower) =>
        TensorChoice.Where(isLower, below >= probability * (1 - Slack), (above <= (1 - probability) * (1 + Slack)) | ((below >= probability) & (probability < 1)));

    private static Tensor Bisect(Func<Tensor, Tensor> isReached, Tensor low, Tensor high)
    {
        for (int i = 0; i < MaxHalvings; i++)
        {
            SearchCancellation.Check();
            Tensor middle = (low + (high - low) / 2).floor(), isOpen = (middle > low) & (middle < high);
            if (!TensorQuestions.Any(isOpen)) break;
            Tensor reached = isReached(middle);
            (low, high) = (TensorChoice.Where(isOpen & ~reached, middle, low), TensorChoice.Where(isOpen & reached, middle, high));
        }
        return high;
    }
}
