using ReparamPS.Distributions;
using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Distributions.Parameters;
using ReparamPS.Numerics.Lattices;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Divergences;

/// <summary>Divergences within the discrete families.</summary>
internal sealed class DiscreteFamily : DivergenceFamily
{
    public DiscreteFamily()
    {
        Add<Bernoulli, Bernoulli>((p, q) => OfBinary(p.Binary, q.Binary));
        Add<Binomial, Binomial>(OfBinomials);
        Add<Geometric, Geometric>((p, q) => OfBinary(p.Binary, q.Binary) / p.Binary.Probs);
        Add<Poisson, Poisson>((p, q) => Excess(p.Rate, q.Rate, p.Rate.log(), q.Rate.log()));
        Add<Categorical, Categorical>((p, q) => OfCategories(p.Categories, p.NormalizedProbs, p.LogProbs, q.Categories, q.NormalizedProbs, q.LogProbs));
        Add<OneHotCategorical, OneHotCategorical>((p, q) => OfCategories(p.EventShape[0], p.NormalizedProbs, p.LogProbs, q.EventShape[0], q.NormalizedProbs, q.LogProbs));
        Add<Poisson, Bernoulli>(OfPoissonInBounds);
        Add<Poisson, Binomial>(OfPoissonInBounds);
    }

    // p log(p / q) − p + q, which is not negative: the sums of p and q cancel over all categories. Logarithms are used if a probability underflows.
    private static Tensor Excess(Tensor p, Tensor q, Tensor logP, Tensor logQ)
    {
        double tiny = TorchTypes.Tiny(p.dtype);
        Tensor isNone = p == 0, isPlain = (p > tiny) & (q > tiny), isRare = ~(isNone | isPlain);
        Tensor plain = -Deficit.TimesOfRatio(TensorChoice.Where(isPlain, q, 1), TensorChoice.Where(isPlain, p, 1));
        Tensor rare = p * (TensorChoice.Where(isRare, logP, 0) - TensorChoice.Where(isRare, logQ, 0)) - p + q;
        return TensorChoice.Where(isPlain, plain, TensorChoice.Where(isNone, q + 0 * p, rare));
    }

    private static Tensor OfBinary(BinaryProbs p, BinaryProbs q) =>
        Excess(p.Probs, q.Probs, p.LogProbs, q.LogProbs) + Excess(p.Complement, q.Complement, p.LogComplement, q.LogComplement);

    private static Tensor OfCategories(long count, Tensor probs, Tensor log, long otherCount, Tensor otherProbs, Tensor otherLog) => count == otherCount
        ? Excess(probs, otherProbs, log, otherLog).sum(-1)
        : throw new ShapeMismatchException($"Q must have {count} categories, like P; got {otherCount}.", "Q");

    // Unequal counts have no closed form, but a finite sum.
    private static Tensor OfBinomials(Binomial p, Binomial q)
    {
        Tensor equal = p.TotalCount * OfBinary(p.Binary, q.Binary), isEqual = p.TotalCount == q.TotalCount;
        if (TensorQuestions.All(isEqual)) return equal;
        if (!TensorShapes.TryBroadcast(p.BatchShape, q.BatchShape, out long[] batch)) batch = p.BatchShape;
        double most = TensorQuestions.Max(p.TotalCount);
        return TensorChoice.Where(isEqual, equal, Binomial.CanSum(most, batch) ? SumOfBinomials(p, q, most, batch.Length) : ManyValues(p, q));
    }

    private static Tensor SumOfBinomials(Binomial p, Binomial q, double most, int rank)
    {
        Tensor values = arange(most + 1, dtype: p.DType, device: p.Device).reshape([-1, .. Enumerable.Repeat(1L, rank)]);
        Tensor log = p.LogProb(values), other = q.LogProb(values), isImpossible = log == double.NegativeInfinity, isBeyond = ~isImpossible & (other == double.NegativeInfinity);
        Tensor terms = log.exp() * (log - other).masked_fill(isImpossible | isBeyond, 0);
        return InfiniteWhere(isBeyond.any(0), terms.sum([0]));
    }

    private static Tensor ManyValues(Binomial p, Binomial q)
    {
        Tensor sum = Elementwise.Apply(LatticeMasses.BinomialDivergence, p.TotalCount, p.Binary.SafeLogits, q.TotalCount, q.Binary.SafeLogits), isCertain = p.Binary.IsCertain;
        if (!TensorQuestions.Any(isCertain)) return sum;
        // Of one value; as soon as there are more, the entropy changes steeply.
        Tensor certain = -q.LogProb(TensorChoice.Where(p.Binary.SafeLogits > 0, p.TotalCount, 0)) - p.TotalCount * p.Binary.Entropy();
        return TensorChoice.Where(isCertain, certain, sum);
    }

    // At a rate of 0, p is always 0; otherwise it is unbounded.
    private static Tensor OfPoissonInBounds(Poisson p, Distribution q) => InfiniteWhere(p.Rate > 0, -q.LogProb(zeros_like(p.Rate)));
}
