using ReparamPS.Torch.Randomness;

namespace ReparamPS.Policies.Gradients;

/// <summary>How policy gradients are measured.</summary>
public sealed record PolicyGradientOptions
{
    /// <summary>The estimators.</summary>
    public IReadOnlyList<PolicyGradientEstimator> Estimators { get; init; } = Enum.GetValues<PolicyGradientEstimator>();

    /// <summary>The baselines of the score function's weights.</summary>
    public IReadOnlyList<PolicyBaseline> Baselines { get; init; } = [PolicyBaseline.None];

    /// <summary>The number of trajectories.</summary>
    public long Trajectories { get; init; } = 10_000;

    /// <summary>The seed.</summary>
    public long Seed { get; init; }

    /// <summary>The generator.</summary>
    public RandomGenerator Generator { get; init; }

    internal RandomSeed Stream => new(Seed, Generator);

    internal void Validate()
    {
        if (Trajectories < 2) throw new ArgumentException($"Trajectories must be a whole number from 2 on; got {Trajectories}.", nameof(Trajectories));
    }
}
