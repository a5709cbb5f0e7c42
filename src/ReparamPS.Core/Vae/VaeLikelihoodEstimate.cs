namespace ReparamPS.Vae;

/// <summary>Quality of a model on images: bounds and estimates in nats per image.</summary>
public sealed record VaeLikelihoodEstimate
{
    /// <summary>The run that made the model.</summary>
    public required string RunId { get; init; }

    /// <summary>The images: test, validation, train, or a file's name.</summary>
    public required string Images { get; init; }

    /// <summary>Images.</summary>
    public required int Count { get; init; }

    /// <summary>Draws per image.</summary>
    public required int Samples { get; init; }

    /// <summary>The evidence lower bound.</summary>
    public required double Elbo { get; init; }

    /// <summary>Its standard error over the images.</summary>
    public required double ElboStandardError { get; init; }

    /// <summary>The importance-sampled log-likelihood, a lower bound in expectation that rises to log p(x) with the draws (Burda et al. 2015).</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>Its standard error over the images.</summary>
    public required double LogLikelihoodStandardError { get; init; }

    /// <summary>The mean effective sample size of the importance weights, of <see cref="Samples"/>.</summary>
    public required double EffectiveSamples { get; init; }

    /// <summary>The reconstruction term of the bound.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>The KL term of the bound.</summary>
    public required double KlDivergence { get; init; }

    /// <summary>Latent dimensions whose posterior mean moves with the image: variance above 0.01 (Burda et al. 2015).</summary>
    public required int ActiveUnits { get; init; }

    /// <summary>Latent dimensions.</summary>
    public required int LatentSize { get; init; }
}

/// <summary>Activity of one latent dimension.</summary>
/// <param name="RunId">The run that made the model.</param>
/// <param name="Dimension">The dimension, from 1.</param>
/// <param name="KlDivergence">The mean KL divergence of its marginal posterior from the standard normal; null if the posterior is neither normal nor fullnormal, or the prior is a mixture.</param>
/// <param name="MeanVariance">The variance over the images of its posterior mean.</param>
/// <param name="IsActive">Whether that is above 0.01.</param>
public sealed record VaeLatentDimension(string RunId, int Dimension, double? KlDivergence, double MeanVariance, bool IsActive);
