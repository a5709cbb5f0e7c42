using ReparamPS.Torch.Randomness;

namespace ReparamPS.Policies.Gradients;

/// <summary>An estimated derivative of a policy's cost in one element of one parameter, beside the exact one.</summary>
public sealed record PolicyGradientRow
{
    /// <summary>The problem's name.</summary>
    public required string Problem { get; init; }

    /// <summary>The estimator.</summary>
    public required PolicyGradientEstimator Estimator { get; init; }

    /// <summary>The baseline of the score function's weights; None for Pathwise.</summary>
    public required PolicyBaseline Baseline { get; init; }

    /// <summary>The parameter's name.</summary>
    public required string Parameter { get; init; }

    /// <summary>The element of the parameter, from 0, row by row.</summary>
    public required long Index { get; init; }

    /// <summary>The mean over trajectories.</summary>
    public required double Estimate { get; init; }

    /// <summary>The standard error of the estimate.</summary>
    public required double StandardError { get; init; }

    /// <summary>The variance of one trajectory's derivative.</summary>
    public required double VariancePerTrajectory { get; init; }

    /// <summary>The time to draw and differentiate one trajectory, in seconds.</summary>
    public required double SecondsPerTrajectory { get; init; }

    /// <summary>The exact derivative; null if it is not known.</summary>
    public double? Truth { get; init; }

    /// <summary>(Estimate − Truth) / StandardError; beyond ±4 it is hardly chance. Null without Truth.</summary>
    public double? ZScore { get; init; }

    /// <summary>The number of trajectories.</summary>
    public required long Trajectories { get; init; }

    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The generator.</summary>
    public RandomGenerator Generator { get; init; }
}
