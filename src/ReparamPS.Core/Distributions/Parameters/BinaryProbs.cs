using ReparamPS.Distributions.SpecialFunctions;
using ReparamPS.Torch;
using static TorchSharp.torch;

namespace ReparamPS.Distributions.Parameters;

/// <summary>
/// The probability of a 1, given directly or as log-odds, and quantities derived from it without loss of digits near 0 and 1.
/// </summary>
internal sealed class BinaryProbs(Tensor? probs, Tensor? logits)
{
    // e^-1000 is 0 in both floating types, and 0 · 1000 is 0 whereas 0 · ∞ is NaN.
    private const double FarLogit = 1000;

    /// <summary>The probability of a 1.</summary>
    public Tensor Probs => probs ?? TensorFunctions.Sigmoid(logits!);

    /// <summary>The probability of a 0.</summary>
    public Tensor Complement => probs is not null ? 1 - probs : TensorFunctions.Sigmoid(-logits!);

    /// <summary>The log-odds of a 1.</summary>
    public Tensor Logits => logits ?? probs!.log() - (-probs).log1p();

    /// <summary>The log-odds, with a gradient of 0 where the probability is 0 or 1 and they are infinite.</summary>
    public Tensor SafeLogits
    {
        get
        {
            if (logits is not null) return logits;
            Tensor isNone = probs! == 0, isAll = probs! == 1, inside = probs!.masked_fill(isNone | isAll, 0.5);
            return (inside.log() - (-inside).log1p()).masked_fill(isNone, double.NegativeInfinity).masked_fill(isAll, double.PositiveInfinity);
        }
    }

    /// <summary>Whether the log-odds are infinite.</summary>
    public Tensor IsCertain => TensorChoice.Abs(SafeLogits) == double.PositiveInfinity;

    /// <summary>The log-odds, 0 where they are infinite.</summary>
    public Tensor FiniteLogits => SafeLogits.masked_fill(IsCertain, 0);

    /// <summary>The logarithm of the probability of a 1.</summary>
    public Tensor LogProbs => probs is not null ? probs.log() : TensorFunctions.LogSigmoid(logits!);

    /// <summary>The probability of a 1 divided by that of a 0; at most the type's largest number.</summary>
    public Tensor Odds
    {
        get
        {
            if (probs is not null) return (probs / (1 - probs)).clamp_max(TorchTypes.Largest(probs.dtype));
            // The slope of the largest number is as large, where that of an infinite power times 0 would be NaN.
            double largest = TorchTypes.Largest(logits!.dtype);
            Tensor isHuge = logits > Math.Log(largest);
            if (!TensorQuestions.Any(isHuge)) return logits.exp();
            Tensor huge = TensorChoice.Where(isHuge, logits, Math.Log(largest));
            return TensorChoice.Where(isHuge, largest * (1 + (huge - huge.detach())), logits.masked_fill(isHuge, 0).exp());
        }
    }

    /// <summary>The probability of a 0 divided by that of a 1.</summary>
    public Tensor OddsAgainst => probs is not null ? (1 - probs) / probs : (-logits!).exp();

    /// <summary>The logarithm of the probability of a 0.</summary>
    public Tensor LogComplement => probs is not null ? (-probs).log1p() : TensorFunctions.LogSigmoid(-logits!);

    /// <summary>The logarithm of the probability of a 1 where the condition holds, otherwise of a 0; its gradient has no NaN at probabilities 0 and 1, and is infinite where the logarithm is.</summary>
    public Tensor LogProbOf(Tensor isOne)
    {
        // The logarithms of parameters that are fewer than the values cost less than those of the values. Of a tiny probability, the slope would overflow.
        bool isSmall = 2 * (probs ?? logits!).numel() <= isOne.numel();
        if (isSmall && (probs is null || TensorQuestions.AreSurelyBetween(probs, TorchTypes.Tiny(probs.dtype), 1 - TorchTypes.Epsilon(probs.dtype) / 2)))
            return TensorChoice.Where(isOne, LogProbs, LogComplement);
        if (logits is not null) return TensorFunctions.LogSigmoid(TensorChoice.Where(isOne, logits, -logits));
        Tensor impossible = TensorChoice.Where(isOne, probs!, 1 - probs!) == 0;
        Tensor log = (probs!.masked_fill(~isOne | impossible, 1).log() + (-probs.masked_fill(isOne | impossible, 0)).log1p()).masked_fill(impossible, double.NegativeInfinity);
        return LogProducts.InfiniteSlope(log, TensorChoice.Where(isOne, probs, -probs), impossible);
    }

    /// <summary>count · log of the probability of a 1; 0 if the count is 0, for every probability.</summary>
    public Tensor TimesLogProbs(Tensor count) => probs is not null
        ? LogProducts.TimesLog(count, probs)
        : count * TensorFunctions.LogSigmoid(logits!.masked_fill(count == 0, 0));

    /// <summary>count · log of the probability of a 0; 0 if the count is 0, for every probability.</summary>
    public Tensor TimesLogComplement(Tensor count) => probs is not null
        ? LogProducts.TimesLog1P(count, -probs)
        : count * TensorFunctions.LogSigmoid(-logits!.masked_fill(count == 0, 0));

    /// <summary>A result that keeps its value, with an infinite derivative in the probability where the mask holds, unless log-odds were given.</summary>
    public Tensor InfiniteSlope(Tensor result, Tensor mask) => probs is null ? result : LogProducts.InfiniteSlope(result, probs, mask);

    /// <summary>0, with the given derivatives in the probability where it is 0 or 1: those that functions of the log-odds lose there.</summary>
    public Tensor SlopesAtEdges(Tensor atNone, Tensor atAll)
    {
        Tensor given = probs ?? logits!;
        if (probs is null || !probs.requires_grad) return zeros([], given.dtype, given.device);
        Tensor slope = TensorChoice.Where(probs == 0, atNone, TensorChoice.Where(probs == 1, atAll, 0));
        return slope.detach() * (probs - probs.detach());
    }

    /// <summary>An entropy of a count of draws, which where the probability is 0 or 1 is 0 with an infinite derivative.</summary>
    public Tensor WithEdges(Tensor entropy, Tensor count)
    {
        if (probs is null) return entropy;
        Tensor isEdge = (probs == 0) | (probs == 1);
        return TensorQuestions.Any(isEdge) ? TensorChoice.Where(isEdge, count * Entropy().masked_fill(count == 0, 0), entropy) : entropy;
    }

    /// <summary>The entropy of one draw in nats.</summary>
    public Tensor Entropy()
    {
        if (probs is not null)
        {
            // From the complement above ½, where log1p's derivative meets a factor of 0.
            Tensor isLarge = probs > 0.5, small = probs.masked_fill(isLarge, 0);
            return special.entr(probs) + special.entr((1 - probs).masked_fill(~isLarge, 1)) - special.xlog1py(1 - small, -small);
        }
        Tensor near = logits!.clamp(-FarLogit, FarLogit);
        return -near.sigmoid() * TensorFunctions.LogSigmoid(near) - (-near).sigmoid() * TensorFunctions.LogSigmoid(-near);
    }
}
