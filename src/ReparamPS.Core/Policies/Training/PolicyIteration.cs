using ReparamPS.Torch.Randomness;

namespace ReparamPS.Policies.Training;

/// <summary>An iteration of a policy training, with all settings.</summary>
public sealed record PolicyIteration
{
    private readonly PolicyTrainingOptions options;

    internal PolicyIteration(PolicyTrainingOptions options) => this.options = options;

    /// <summary>The run's name: equal for equal settings, problem and first policy.</summary>
    public required string RunId { get; init; }

    /// <summary>The problem's name.</summary>
    public required string Problem { get; init; }

    /// <summary>The policy's name.</summary>
    public required string Policy { get; init; }

    /// <summary>The iteration, from 1.</summary>
    public required int Iteration { get; init; }

    /// <summary>The mean cost of the iteration's trajectories, before its step.</summary>
    public required double Cost { get; init; }

    /// <summary>The norm of the gradient, before it is clipped; in log σ for the scale.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>σ after the step; the mean over actions.</summary>
    public required double Scale { get; init; }

    /// <summary>The step size.</summary>
    public required double StepSize { get; init; }

    /// <summary>How long the iteration took.</summary>
    public required double Seconds { get; init; }

    /// <inheritdoc cref="PolicyTrainingOptions.Estimator"/>
    public PolicyGradientEstimator Estimator => options.Estimator;

    /// <inheritdoc cref="PolicyTrainingOptions.Baseline"/>
    public PolicyBaseline Baseline => options.Baseline;

    /// <inheritdoc cref="PolicyTrainingOptions.Iterations"/>
    public int Iterations => options.Iterations;

    /// <inheritdoc cref="PolicyTrainingOptions.Trajectories"/>
    public int Trajectories => options.Trajectories;

    /// <inheritdoc cref="PolicyTrainingOptions.Truncation"/>
    public int Truncation => options.Truncation;

    /// <inheritdoc cref="PolicyTrainingOptions.EntropyWeight"/>
    public double EntropyWeight => options.EntropyWeight;

    /// <inheritdoc cref="PolicyTrainingOptions.Optimizer"/>
    public string Optimizer => options.Optimizer;

    /// <inheritdoc cref="PolicyTrainingOptions.LearningRate"/>
    public double LearningRate => options.LearningRate;

    /// <inheritdoc cref="PolicyTrainingOptions.LearningRateSchedule"/>
    public string LearningRateSchedule => options.LearningRateSchedule;

    /// <inheritdoc cref="PolicyTrainingOptions.LearningRateEnd"/>
    public double LearningRateEnd => options.LearningRateEnd;

    /// <inheritdoc cref="PolicyTrainingOptions.ScheduleIterations"/>
    public int ScheduleIterations => options.ScheduleIterations;

    /// <inheritdoc cref="PolicyTrainingOptions.Momentum"/>
    public double Momentum => options.Momentum;

    /// <inheritdoc cref="PolicyTrainingOptions.WeightDecay"/>
    public double WeightDecay => options.WeightDecay;

    /// <inheritdoc cref="PolicyTrainingOptions.GradientClip"/>
    public double GradientClip => options.GradientClip;

    /// <inheritdoc cref="PolicyTrainingOptions.Seed"/>
    public long Seed => options.Seed;

    /// <inheritdoc cref="PolicyTrainingOptions.Generator"/>
    public RandomGenerator Generator => options.Generator;
}
