namespace ReparamPS.Optimization;

/// <summary>How parameters are optimized: the optimizer by name, its step size over time, and what limits a step.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer; one of <see cref="Optimizers.Names"/>. Arithmetic and defaults are PyTorch's.</summary>
    public string Optimizer { get; init; } = "adam";

    /// <summary>The step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The change of the step size over the steps; one of <see cref="LearningRateSchedules.Names"/>.</summary>
    public string LearningRateSchedule { get; init; } = "constant";

    /// <summary>The final step size of a schedule, relative to <see cref="LearningRate"/>.</summary>
    public double LearningRateEnd { get; init; } = 0.01;

    /// <summary>The momentum of sgd.</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>The weight decay: added to the gradient, except with adamw, which decays the parameters directly.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The maximum norm of the gradient; 0: no limit.</summary>
    public double GradientClip { get; init; }
}
