using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using ReparamPS.Torch.Randomness;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The probabilities of categories along the last dimension, given as weights or their logarithms, normalized or not.</summary>
internal sealed class CategoricalProbs(Tensor? probs, Tensor? logits)
{
    // e to this power is finite in both floating types.
    private const double MaxExponent = 80;

    /// <summary>The weights or logits, as given.</summary>
    public Tensor Given => probs ?? logits!;

    /// <summary>The number of categories.</summary>
    public long Count => Given.shape[^1];

    /// <summary>The probabilities, normalized.</summary>
    public Tensor Normalized => probs is not null ? probs / probs.sum(-1, keepdim: true) : logits!.softmax(-1);

    /// <summary>Where a category has no weight.</summary>
    public Tensor IsImpossible => probs is not null ? probs == 0 : logits! == double.NegativeInfinity;

    /// <summary>Weights or probabilities: as given, or made from the logits.</summary>
    public Tensor Probs => probs ?? logits!.softmax(-1);

    /// <summary>Log-weights or log-probabilities: as given, or made from the weights.</summary>
    public Tensor Logits => logits ?? LogProbs;

    /// <summary>The logarithms of the probabilities, normalized; −∞ for an impossible category.</summary>
    public Tensor LogProbs => probs is not null ? probs.log() - LogTotal : TensorFunctions.LogSoftmax(logits!);

    /// <summary><see cref="LogProbs"/>, with a gradient of 0 if a weight is 0.</summary>
    public Tensor SafeLogProbs => probs is not null
        ? probs.masked_fill(probs == 0, 1).log().masked_fill(probs == 0, double.NegativeInfinity) - LogTotal
        : TensorFunctions.LogSoftmax(logits!);

    /// <summary>
    /// The probabilities after an observation with the given log-likelihood per category (null: no observation). Weights are used directly, not as logarithms, so that a
    /// weight of 0 has a gradient.
    /// </summary>
    public Tensor Posterior(Tensor? logLikelihood)
    {
        if (probs is null) return (logLikelihood is null ? logits! : logits! + logLikelihood).softmax(-1);
        if (logLikelihood is null) return Normalized;
        Tensor max = logLikelihood.masked_fill(probs == 0, double.NegativeInfinity).amax([-1], keepdim: true).detach();
        Tensor each = probs * (logLikelihood - max).clamp(max: MaxExponent).exp();
        return each / each.sum(-1, keepdim: true);
    }

    private Tensor LogTotal => probs!.sum(-1, keepdim: true).log();

    /// <summary>The logarithm of a category's probability, by index; impossible categories add no NaN to the gradient.</summary>
    public Tensor LogProbAt(Tensor index)
    {
        // The logarithm of a table that is smaller than the values costs less than those of the values.
        if (probs is not null && probs.numel() < index.numel()) return Pick(LogProducts.InfiniteSlope(SafeLogProbs, probs, IsImpossible), index);
        Tensor at = Pick(Given, index);
        if (probs is null && TensorQuestions.MayAny(at - TensorFunctions.LogSumExp(logits!) > TensorFunctions.NearlyCertain)) return Pick(LogProbs, index);
        return probs is not null
            ? LogProducts.InfiniteSlope(at.masked_fill(at == 0, 1).log().masked_fill(at == 0, double.NegativeInfinity), at, at == 0) - LogTotal.squeeze(-1)
            : at - TensorFunctions.LogSumExp(logits!);
    }

    /// <summary>Σ count · log p over the categories; 0 for a count of 0, for every probability.</summary>
    public Tensor SumOfLogProbs(Tensor counts)
    {
        return probs is not null
            ? TensorFunctions.SumLast(LogProducts.TimesLog(counts, probs)) - TensorFunctions.SumLast(counts) * LogTotal.squeeze(-1)
            : TensorFunctions.SumLast(counts * logits!.masked_fill(counts == 0, 0)) - TensorFunctions.SumLast(counts) * TensorFunctions.LogSumExp(logits);
    }

    /// <summary>The entropy of one draw in nats.</summary>
    public Tensor Entropy()
    {
        if (probs is not null)
        {
            // A weight of 0 has an infinite slope, which would become NaN in those of the others.
            Tensor entropy = special.entr(Normalized.masked_fill(IsImpossible, 0)).sum(-1);
            return TensorQuestions.MayAny(IsImpossible) ? entropy + special.entr(probs.masked_fill(~IsImpossible, 1)).sum(-1) : entropy;
        }
        Tensor log = TensorFunctions.LogSoftmax(logits!);
        return -(log.exp() * log.masked_fill(log == double.NegativeInfinity, 0)).sum(-1);
    }

    /// <summary>Indices of drawn categories (int64), drawn as in PyTorch.</summary>
    /// <param name="shape">sample + batch.</param>
    /// <param name="batchShape">The batch.</param>
    /// <param name="random">The random stream.</param>
    public Tensor Draw(long[] shape, long[] batchShape, RandomSource random)
    {
        long rows = TensorShapes.Count(batchShape), total = TensorShapes.Count(shape);
        if (total == 0) return empty(shape, ScalarType.Int64, Given.device);
        Tensor weights = (probs ?? logits!.softmax(-1)).detach();
        Tensor table = TensorShapes.ExpandTo(weights, [.. batchShape, Count]).reshape(rows, Count);
        return random.Categorical(table, total / rows).t().reshape(shape);
    }

    /// <summary>Entries of a table along its last dimension, by index.</summary>
    public static Tensor Pick(Tensor table, Tensor index)
    {
        if (table.dim() == 1) return table.index_select(0, index.flatten()).reshape(index.shape);
        TensorShapes.TryBroadcast(index.shape, table.shape[..^1], out long[] shape);
        return table.expand([.. shape, table.shape[^1]]).gather(-1, index.expand(shape).unsqueeze(-1)).squeeze(-1);
    }
}
