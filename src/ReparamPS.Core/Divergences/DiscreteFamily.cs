using ReparamPS.Distributions;
using ReparamPS.Distributions.Parameters;
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
        Add<Geometric, Geometric>((p, q) => -p.Entropy - q.Binary.TimesLogComplement(p.Mean) - q.Binary.LogProbs);
        Add<Poisson, Poisson>((p, q) => Weighted(p.Rate, p.Rate.log(), q.Rate.log()) - (p.Rate - q.Rate));
        Add<Categorical, Categorical>((p, q) => OfCategories(p.Categories, p.NormalizedProbs, p.LogProbs, q.Categories, q.LogProbs));
        Add<OneHotCategorical, OneHotCategorical>((p, q) => OfCategories(p.EventShape[0], p.NormalizedProbs, p.LogProbs, q.EventShape[0], q.LogProbs));
        Add<Poisson, Bernoulli>(OfPoissonInBounds);
        Add<Poisson, Binomial>(OfPoissonInBounds);
    }

    // weight · (log w − log v), 0 where the weight is.
    private static Tensor Weighted(Tensor weight, Tensor log, Tensor otherLog)
    {
        Tensor none = weight == 0;
        return weight * (log.masked_fill(none, 0) - otherLog.masked_fill(none, 0));
    }

    private static Tensor OfBinary(BinaryProbs p, BinaryProbs q) =>
        Weighted(p.Probs, p.LogProbs, q.LogProbs) + Weighted(p.Complement, p.LogComplement, q.LogComplement);

    private static Tensor OfCategories(long count, Tensor probs, Tensor log, long otherCount, Tensor otherLog) => count == otherCount
        ? Weighted(probs, log, otherLog).sum(-1)
        : throw new ShapeMismatchException($"Distributions over {count} and over {otherCount} categories have no divergence.", "Q");

    // Unequal counts have no closed form, but a finite sum.
    private static Tensor OfBinomials(Binomial p, Binomial q)
    {
        Tensor equal = p.TotalCount * OfBinary(p.Binary, q.Binary), isEqual = p.TotalCount == q.TotalCount;
        if (TensorQuestions.All(isEqual)) return equal;
        int rank = Math.Max(p.BatchShape.Length, q.BatchShape.Length);
        double most = ManagedValues.ToDoubles(p.TotalCount.max())[0];
        Tensor values = arange(most + 1, dtype: p.DType, device: p.Device).reshape([-1, .. Enumerable.Repeat(1L, rank)]);
        Tensor log = p.LogProb(values), impossible = log == double.NegativeInfinity;
        Tensor terms = log.exp() * (log.masked_fill(impossible, 0) - q.LogProb(values).masked_fill(impossible, 0));
        return TensorChoice.Where(isEqual, equal, terms.sum([0]));
    }

    // At a rate of 0 p is 0 for certain; else it has no bound.
    private static Tensor OfPoissonInBounds(Poisson p, Distribution q) => InfiniteWhere(p.Rate > 0, -q.LogProb(zeros_like(p.Rate)));
}
