using ReparamPS.Inference.Gaussians;
using ReparamPS.Inference.Models;
using ReparamPS.Messages;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference;

/// <summary>How a posterior is fitted.</summary>
public sealed record VariationalOptions
{
    /// <summary>The draws that a fit starts from, if they double.</summary>
    public const int FirstDraws = 64;

    /// <summary>The family.</summary>
    public VariationalFamily Family { get; init; } = VariationalFamily.MeanField;

    /// <summary>What is optimized.</summary>
    public VariationalObjective Objective { get; init; } = VariationalObjective.Elbo;

    /// <summary>How it is optimized.</summary>
    public VariationalOptimizer Optimizer { get; init; } = VariationalOptimizer.Lbfgs;

    /// <summary>How noise is drawn.</summary>
    public NoiseScheme Scheme { get; init; } = NoiseScheme.Sobol;

    /// <summary>Draws per evaluation. Null doubles them until two fits agree; for Adam it is <see cref="AdamDraws"/>.</summary>
    public int? Draws { get; init; }

    /// <summary>How far the bounds of two fits may differ, in nats.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Rows per step of Adam; null takes all.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Draws per importance-weighted bound.</summary>
    public int ImportanceSamples { get; init; } = 8;

    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 2000;

    /// <summary>The first learning rate of Adam, in posterior standard deviations; it falls to 0 along a cosine.</summary>
    public double LearningRate { get; init; } = 0.05;

    /// <summary>The most gradient evaluations of L-BFGS, over all draws and restarts.</summary>
    public int MaxEvaluations { get; init; } = 1000;

    /// <summary>The seed of all noise.</summary>
    public long Seed { get; init; }

    /// <summary>The generator of all noise.</summary>
    public RandomGenerator Generator { get; init; }

    internal RandomSeed Stream => new(Seed, Generator);

    /// <summary>Draws per step of Adam, if none are given.</summary>
    internal const int AdamDraws = 16;

    /// <summary>The members of a group of draws.</summary>
    internal int GroupSize => Objective == VariationalObjective.Iwae ? ImportanceSamples : 1;

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="ArgumentException">Two options exclude each other, or one does not suit the model.</exception>
    internal void Validate(BayesianModel model)
    {
        if (Optimizer == VariationalOptimizer.Lbfgs && Objective == VariationalObjective.StickingTheLanding)
            throw Refused(nameof(Objective), "StickingTheLanding needs fresh noise at each step, and Lbfgs uses the same noise at all steps. Use -Optimizer Adam.");
        if (BatchSize is not null && model.Rows is null) throw Refused(nameof(BatchSize), "BatchSize needs a model made with New-BayesianModel -Data; the data rows of a -LogLikelihood script block are unknown. Leave out -BatchSize.");
        if (Optimizer == VariationalOptimizer.Lbfgs && BatchSize is not null)
            throw Refused(nameof(BatchSize), "BatchSize needs an optimizer that allows new data at each step, and Lbfgs, the default, does not. Use -Optimizer Adam.");
        if (Objective == VariationalObjective.Iwae && BatchSize is not null)
            throw Refused(nameof(BatchSize), "BatchSize needs an objective that is linear in the log-likelihood, and Iwae is not: a batch would change its maximum. Use -Objective Elbo or StickingTheLanding.");
        if (BatchSize is { } batch && model.Rows is { } rows && (batch < 1 || batch > rows)) throw Refused(nameof(BatchSize), $"BatchSize must be between 1 and {rows}, the number of rows; got {batch}.");
        if (Draws is < 1) throw Refused(nameof(Draws), $"Draws must be at least 1; got {Draws}.");
        if (ImportanceSamples < 1) throw Refused(nameof(ImportanceSamples), $"ImportanceSamples must be at least 1; got {ImportanceSamples}.");
        if (!(Tolerance > 0)) throw Refused(nameof(Tolerance), $"Tolerance must be positive; got {ShortText.Of(Tolerance)}.");
        if (!(LearningRate > 0)) throw Refused(nameof(LearningRate), $"LearningRate must be positive; got {ShortText.Of(LearningRate)}.");
        if (Steps < 1) throw Refused(nameof(Steps), $"Steps must be at least 1; got {Steps}.");
        if (MaxEvaluations < 1) throw Refused(nameof(MaxEvaluations), $"MaxEvaluations must be at least 1; got {MaxEvaluations}.");
        if (Optimizer == VariationalOptimizer.Lbfgs && Draws < MinFrozenDraws(model))
            throw Refused(nameof(Draws), $"Draws must be at least {MinFrozenDraws(model)} for {Family} with Lbfgs and a model of dimension {model.Dimension}; got {Draws}. With fewer draws the {(Objective == VariationalObjective.Iwae ? "bound" : "ELBO")} has no maximum.");
        long coordinates = (long)model.Dimension * GroupSize;
        if (Scheme == NoiseScheme.Sobol && coordinates > NormalNoise.MaxSobolDimensions)
            throw Refused(nameof(Scheme), $"Sobol noise has at most {NormalNoise.MaxSobolDimensions} dimensions; this fit needs {coordinates}{(GroupSize > 1 ? $" ({model.Dimension} coordinates × {GroupSize} ImportanceSamples)" : "")}. Use -Scheme Independent.");
    }

    // Fewer draws lie in a plane of the noise. A factor that stretches only what is across the plane leaves the points where they are, and its determinant grows without end. The coordinates of
    // the mean field do so one by one. In a group of the importance-weighted bound, one draw that stays is enough, so that groups count and not their members.
    private int MinFrozenDraws(BayesianModel model) => Family == VariationalFamily.FullRank ? model.Dimension + 1 : 2;

    private static ArgumentException Refused(string parameter, string message) => new(message, parameter);
}
