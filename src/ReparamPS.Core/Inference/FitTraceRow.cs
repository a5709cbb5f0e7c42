using ReparamPS.Inference.Gaussians;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Inference;

/// <summary>One gradient evaluation of a fit.</summary>
/// <param name="Evaluation">Its number, from 1.</param>
/// <param name="Draws">The draws of the noise.</param>
/// <param name="Fit">The number of the fit that it belongs to: fits differ in their noise.</param>
/// <param name="Bound">The bound on that noise; NaN for a failed step.</param>
/// <param name="GradientNorm">The norm of the gradient in the coordinates of the optimizer; for frozen noise.</param>
/// <param name="Seconds">The time since the start.</param>
public sealed record FitTraceRow(int Evaluation, int Draws, int Fit, double Bound, double GradientNorm, double Seconds)
{
    private readonly VariationalOptions options = new();

    /// <summary>Creates the row of a fit with given settings.</summary>
    internal FitTraceRow(VariationalOptions options, int evaluation, int draws, int fit, double bound, double gradientNorm, double seconds)
        : this(evaluation, draws, fit, bound, gradientNorm, seconds) => this.options = options;

    /// <summary>The normal distribution that is fitted.</summary>
    public VariationalFamily Family => options.Family;

    /// <summary>What is maximized.</summary>
    public VariationalObjective Objective => options.Objective;

    /// <summary>The optimizer.</summary>
    public VariationalOptimizer Optimizer => options.Optimizer;

    /// <summary>How noise is drawn.</summary>
    public NoiseScheme Scheme => options.Scheme;

    /// <summary>The difference of bounds at which L-BFGS has converged.</summary>
    public double Tolerance => options.Tolerance;

    /// <summary>Random data rows per step of Adam; null for all.</summary>
    public int? BatchSize => options.BatchSize;

    /// <summary>Importance samples of the importance-weighted bound.</summary>
    public int ImportanceSamples => options.ImportanceSamples;

    /// <summary>Steps of Adam.</summary>
    public int Steps => options.Steps;

    /// <summary>The initial learning rate of Adam.</summary>
    public double LearningRate => options.LearningRate;

    /// <summary>The maximum number of gradient evaluations of L-BFGS in one fit.</summary>
    public int MaxEvaluations => options.MaxEvaluations;

    /// <summary>The seed of the noise.</summary>
    public long Seed => options.Seed;

    /// <summary>The generator of the noise.</summary>
    public RandomGenerator Generator => options.Generator;
}
