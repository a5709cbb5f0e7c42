using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using ReparamPS.Inference.Gaussians;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference.Evaluation;

/// <summary>Whether a fit can be trusted.</summary>
[JsonConverter(typeof(StringEnumConverter))]
public enum FitVerdict
{
    /// <summary>No check speaks against the fit.</summary>
    Trustworthy,

    /// <summary>Means or standard deviations are off, and importance weights can correct them, or show how far they are off; or the tails of the posterior may be heavier than those of the fit.</summary>
    Biased,

    /// <summary>The importance weights have such heavy tails that nothing computed from them can be trusted.</summary>
    Unreliable,

    /// <summary>The optimization has not found the optimum.</summary>
    NotConverged,
}

/// <summary>The certificate of a fit: how good the approximation is, from fresh draws, and a verdict.</summary>
public sealed record FitMeasurement
{
    /// <summary>The family of the fit.</summary>
    public required VariationalFamily Family { get; init; }

    /// <summary>The seed of the fit.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator of the fit.</summary>
    public RandomGenerator Generator { get; init; }

    /// <summary>The evidence lower bound.</summary>
    public required double Elbo { get; init; }

    /// <summary>The standard error of <see cref="Elbo"/>.</summary>
    public required double ElboStandardError { get; init; }

    /// <summary>The logarithm of the evidence, by importance sampling.</summary>
    public required double LogEvidence { get; init; }

    /// <summary>The standard error of <see cref="LogEvidence"/>.</summary>
    public required double LogEvidenceStandardError { get; init; }

    /// <summary>The shape of the tail of the importance weights: below 0.5 they are good, above 0.7 useless. 0 if the weights hardly vary: if their standard deviation is at most 1/7 of their mean.</summary>
    public required double KHat { get; init; }

    /// <summary>The standard error of <see cref="KHat"/>, (1 + k̂) / √M with M weights in the tail; NaN for k̂ of at most -1/2, where this formula does not hold.</summary>
    public required double KHatStandardError { get; init; }

    /// <summary>As many independent draws from the posterior as the draws are worth with their smoothed weights.</summary>
    public required double EffectiveDraws { get; init; }

    /// <summary>The draws of this measurement.</summary>
    public required int Draws { get; init; }

    /// <summary>The norm of the bound's gradient at the end of the fit; half its square is about what the bound can still gain, in nats.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Gradient evaluations of the final fit.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Gradient evaluations with doublings and restarts.</summary>
    public required int TotalEvaluations { get; init; }

    /// <summary>Draws per evaluation of the final fit.</summary>
    public required int FitDraws { get; init; }

    /// <summary>The time of the fit.</summary>
    public required double Seconds { get; init; }

    /// <summary>Whether the fit can be trusted.</summary>
    public required FitVerdict Verdict { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}
