using static TorchSharp.torch;

namespace ReparamPS.Vae;

/// <summary>log p(x | z), summed over pixels. Plain tensor operations, so that a graph is kept where there is one.</summary>
internal static class VaeLikelihood
{
    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);

    /// <summary>The log-likelihood of images.</summary>
    /// <param name="name">One of <see cref="VaeChoices.Likelihoods"/>.</param>
    /// <param name="images">Intensities, of a shape that broadcasts with the output.</param>
    /// <param name="output">What the decoder gave: logits, or means of a Gaussian.</param>
    /// <param name="logVariance">The log-variance of a Gaussian, one number.</param>
    public static Tensor LogProbability(string name, Tensor images, Tensor output, Tensor? logVariance)
    {
        using var scope = NewDisposeScope();
        Tensor terms = name.ToLowerInvariant() switch
        {
            "bernoulli" => Bernoulli(images, output),
            "continuousbernoulli" => Bernoulli(images, output) + LogNormalizer(output),
            _ => -0.5 * ((images - output).square() * (-logVariance!).exp() + logVariance! + LogTwoPi),
        };
        return terms.sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The mean image of a decoder's output.</summary>
    public static Tensor Mean(string name, Tensor output)
    {
        using var scope = NewDisposeScope();
        Tensor mean = name.ToLowerInvariant() switch
        {
            "bernoulli" => output.sigmoid(),
            "continuousbernoulli" => ContinuousBernoulliMean(output),
            _ => output.alias(),
        };
        return mean.MoveToOuterDisposeScope();
    }

    private static Tensor Bernoulli(Tensor images, Tensor logits) => images * logits - logaddexp(logits, logits.new_zeros(1));

    // log C(λ) of the continuous Bernoulli (Loaiza-Ganem, Cunningham 2019, arXiv:1907.06845) in the logit l: C = l / tanh(l / 2), an even function whose
    // value at 0 is 2; by its Taylor series where the quotient would lose digits.
    private static Tensor LogNormalizer(Tensor logits)
    {
        Tensor near = logits.abs() < 0.1, safe = where(near, logits.new_ones(1), logits), square = logits.square();
        Tensor series = Math.Log(2) + square * (1.0 / 12 + square * (-7.0 / 1440 + square * (31.0 / 90720)));
        return where(near, series, safe.abs().log() - (0.5 * safe).abs().tanh().log());
    }

    private static Tensor ContinuousBernoulliMean(Tensor logits)
    {
        Tensor near = logits.abs() < 0.1, safe = where(near, logits.new_ones(1), logits);
        Tensor series = 0.5 + logits / 12 - logits.pow(3) / 720 + logits.pow(5) / 30240;
        return where(near, series, 1 / (1 - (-safe).exp()) - 1 / safe);
    }
}
