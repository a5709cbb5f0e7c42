using ReparamPS.Torch.Randomness;

namespace ReparamPS.Gradients.Estimators;

/// <summary>The estimated derivative of E[f(z)] in one element of one parameter.</summary>
public sealed record GradientMeasurement
{
    /// <summary>The distribution's name.</summary>
    public required string Distribution { get; init; }

    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, in row-major order.</summary>
    public required long Index { get; init; }

    /// <summary>The estimator, with its baseline if it has one.</summary>
    public required string Estimator { get; init; }

    /// <summary>The scheme of the draws.</summary>
    public required DrawScheme Scheme { get; init; }

    /// <summary>The derivative.</summary>
    public required double Estimate { get; init; }

    /// <summary>The standard error of the estimate; 0 if the estimate is exact, NaN if it needs more than one repetition. If more than 7/8 of the repetitions of dependent draws coincide, their spread does not show the error; it is then that of the same number of independent draws, which is an overestimate.</summary>
    public required double StandardError { get; init; }

    /// <summary>The variance of the derivative per draw. For dependent draws, it is the variance of independent draws with the same precision.</summary>
    public required double VariancePerDraw { get; init; }

    /// <summary>The standard error of <see cref="VariancePerDraw"/>.</summary>
    public required double VarianceStandardError { get; init; }

    /// <summary>The time to draw, evaluate and differentiate, per draw.</summary>
    public required double SecondsPerDraw { get; init; }

    /// <summary>The number of draws per repetition.</summary>
    public required long Draws { get; init; }

    /// <summary>The number of repetitions.</summary>
    public required int Repetitions { get; init; }

    /// <summary>The seed of the first repetition.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator of the draws.</summary>
    public RandomGenerator Generator { get; init; }
}
