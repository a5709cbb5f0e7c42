using static TorchSharp.torch;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>The continuous Bernoulli likelihood of intensities in [0, 1] (Loaiza-Ganem, Cunningham 2019, arXiv:1907.06845).</summary>
internal sealed class ContinuousBernoulliLikelihood : Likelihood
{
    protected override Tensor Terms(Tensor images, Tensor output) => BernoulliLikelihood.LogTerms(images, output) + LogNormalizer(output);

    protected override Tensor MeanOf(Tensor output)
    {
        Tensor near = output.abs() < 0.1, safe = where(near, output.new_ones(1), output);
        Tensor series = 0.5 + output / 12 - output.pow(3) / 720 + output.pow(5) / 30240;
        return where(near, series, 1 / (1 - (-safe).exp()) - 1 / safe);
    }

    // log C of the logit l: C = l / tanh(l / 2) is even and 2 at 0; near 0, where the quotient loses digits, its Taylor series.
    private static Tensor LogNormalizer(Tensor logits)
    {
        Tensor near = logits.abs() < 0.1, safe = where(near, logits.new_ones(1), logits), square = logits.square();
        Tensor series = Math.Log(2) + square * (1.0 / 12 + square * (-7.0 / 1440 + square * (31.0 / 90720)));
        return where(near, series, safe.abs().log() - (0.5 * safe).abs().tanh().log());
    }
}
