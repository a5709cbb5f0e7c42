using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>The probabilities of categories along the last dimension, given as weights or as logarithms, neither of which need be normalized.</summary>
internal sealed class CategoricalProbs(Tensor? probs, Tensor? logits)
{
    // Far below any logarithm of a probability, and yet 0 times it is 0 and a temperature divides it.
    private const double LeastLogit = -1e30;

    // Its power of e is a number in either floating type.
    private const double MostExponent = 80;

    /// <summary>What was given.</summary>
    public Tensor Given => probs ?? logits!;

    /// <summary>The number of categories.</summary>
    public long Count => Given.shape[^1];

    /// <summary>The probabilities, normalized.</summary>
    public Tensor Normalized => probs is not null ? probs / probs.sum(-1, keepdim: true) : logits!.softmax(-1);

    /// <summary>Weights or probabilities: as given, or made from the logits.</summary>
    public Tensor Probs => probs ?? logits!.softmax(-1);

    /// <summary>Log-weights or log-probabilities: as given, or made from the weights.</summary>
    public Tensor Logits => logits ?? LogProbs;

    /// <summary>The logarithms of the probabilities, normalized; −∞ for a category that can't be.</summary>
    public Tensor LogProbs => probs is not null ? probs.log() - LogTotal : special.log_softmax(logits!, -1);

    /// <summary><see cref="LogProbs"/>, with a gradient of 0 where a weight is 0.</summary>
    public Tensor SafeLogProbs => probs is not null
        ? probs.masked_fill(probs == 0, 1).log().masked_fill(probs == 0, double.NegativeInfinity) - LogTotal
        : special.log_softmax(logits!, -1);

    /// <summary>Finite logarithms of the probabilities; those of weights are clamped as PyTorch clamps them.</summary>
    public Tensor ClampedLogProbs
    {
        get
        {
            if (logits is not null) return special.log_softmax(logits, -1).clamp(min: LeastLogit);
            double epsilon = TorchTypes.Epsilon(probs!.dtype);
            return Normalized.clamp(epsilon, 1 - epsilon).log();
        }
    }

    /// <summary>
    /// The probabilities after an observation, which the categories make as likely as is given (null: none). Weights enter as they are, not by their logarithms, so that a
    /// weight of 0 has its gradient.
    /// </summary>
    public Tensor Posterior(Tensor? logLikelihood)
    {
        if (probs is null) return (logLikelihood is null ? logits! : logits! + logLikelihood).softmax(-1);
        if (logLikelihood is null) return Normalized;
        Tensor most = logLikelihood.masked_fill(probs == 0, double.NegativeInfinity).amax([-1], keepdim: true).detach();
        Tensor each = probs * (logLikelihood - most).clamp(max: MostExponent).exp();
        return each / each.sum(-1, keepdim: true);
    }

    private Tensor LogTotal => probs!.sum(-1, keepdim: true).log();

    /// <summary>The logarithm of a category's probability, by index; no NaN reaches the gradient from categories that can't be.</summary>
    public Tensor LogProbAt(Tensor index)
    {
        Tensor at = Pick(Given, index);
        return probs is not null ? at.masked_fill(at == 0, 1).log().masked_fill(at == 0, double.NegativeInfinity) - LogTotal.squeeze(-1) : at - TensorFunctions.LogSumExp(logits!);
    }

    /// <summary>Σ count · log p over the categories; 0 for a count of 0, whatever the probability.</summary>
    public Tensor SumOfLogProbs(Tensor counts)
    {
        return probs is not null
            ? LogProducts.TimesLog(counts, probs).sum(-1) - counts.sum(-1) * LogTotal.squeeze(-1)
            : (counts * logits!.masked_fill(counts == 0, 0)).sum(-1) - counts.sum(-1) * TensorFunctions.LogSumExp(logits);
    }

    /// <summary>The entropy of one draw in nats.</summary>
    public Tensor Entropy()
    {
        if (probs is not null) return special.entr(Normalized).sum(-1);
        Tensor log = special.log_softmax(logits!, -1);
        return -(log.exp() * log.masked_fill(log == double.NegativeInfinity, 0)).sum(-1);
    }

    /// <summary>Indices of drawn categories (int64), drawn as PyTorch draws them.</summary>
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

    private static Tensor Pick(Tensor table, Tensor index)
    {
        if (table.dim() == 1) return table.index_select(0, index.flatten()).reshape(index.shape);
        TensorShapes.TryBroadcast(index.shape, table.shape[..^1], out long[] shape);
        return table.expand([.. shape, table.shape[^1]]).gather(-1, index.expand(shape).unsqueeze(-1)).squeeze(-1);
    }
}
