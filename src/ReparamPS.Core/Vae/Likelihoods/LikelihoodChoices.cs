using ReparamPS.Settings;

namespace ReparamPS.Vae.Likelihoods;

/// <summary>The likelihoods by name. A new one is a file with its class, and a line here.</summary>
internal static class LikelihoodChoices
{
    /// <summary>The table: factories that take the standard deviation of a Gaussian.</summary>
    public static NamedChoices<Func<double, Likelihood>> All { get; } = new(
        "Likelihood",
        ("bernoulli", _ => new BernoulliLikelihood()),
        ("continuousbernoulli", _ => new ContinuousBernoulliLikelihood()),
        ("gaussian", scale => new GaussianLikelihood(scale, isLearned: false)),
        ("learnedgaussian", scale => new GaussianLikelihood(scale, isLearned: true)));
}
