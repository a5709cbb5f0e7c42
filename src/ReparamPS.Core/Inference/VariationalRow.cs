using ReparamPS.Inference.Gaussians;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference;

/// <summary>A row with the settings of the fits that it comes from.</summary>
public abstract record VariationalRow
{
    /// <summary>The settings.</summary>
    private protected VariationalOptions Options { get; init; } = new();

    /// <summary>The normal distribution that was fitted.</summary>
    public VariationalFamily Family => Options.Family;

    /// <summary>What was maximized.</summary>
    public VariationalObjective Objective => Options.Objective;

    /// <summary>The optimizer.</summary>
    public VariationalOptimizer Optimizer => Options.Optimizer;

    /// <summary>How noise was drawn.</summary>
    public NoiseScheme Scheme => Options.Scheme;

    /// <summary>The difference of bounds at which L-BFGS has converged.</summary>
    public double Tolerance => Options.Tolerance;

    /// <summary>Random data rows per step of Adam; null for all.</summary>
    public int? BatchSize => Options.BatchSize;

    /// <summary>Importance samples of the importance-weighted bound.</summary>
    public int ImportanceSamples => Options.ImportanceSamples;

    /// <summary>Steps of Adam.</summary>
    public int Steps => Options.Steps;

    /// <summary>The initial learning rate of Adam.</summary>
    public double LearningRate => Options.LearningRate;

    /// <summary>The maximum number of gradient evaluations of L-BFGS in one fit.</summary>
    public int MaxEvaluations => Options.MaxEvaluations;

    /// <summary>The seed of the fit, or of the first of several.</summary>
    public long Seed => Options.Seed;

    /// <summary>The generator of the noise.</summary>
    public RandomGenerator Generator => Options.Generator;
}
