using System.Management.Automation;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Runs gradient estimators side by side on one problem, and compares them with the truth and with each other.</summary>
/// <remarks>
/// The truth is the exact sum over a small discrete support; the integral over a univariate distribution, adaptive, in float64, and right at jumps, also for a batch whose objective is a sum of functions
/// of one member each; or, where neither is to be had, a million draws: pathwise where the objective is continuous, else by the score function. Its own error is part of the standard error of the bias.
/// A row holds the bias with its
/// z-score, the variance per draw, the time per draw, their product, and the ratio of the variance to that of the pathwise gradient. Without -Estimator all run that apply.
/// </remarks>
/// <example>
/// <para>All estimators on E[(z − 3)²]</para>
/// <code>New-NormalDistribution 0.5 1.5 | Compare-GradientEstimator Quadratic -K 3</code>
/// </example>
/// <example>
/// <para>Estimators for a discrete distribution: which are biased?</para>
/// <code>New-BernoulliDistribution 0.3 | Compare-GradientEstimator { $_.sub(0.45).pow(2) } | Where-Object { [Math]::Abs($_.ZScore) -gt 6 }</code>
/// </example>
[Cmdlet(VerbsData.Compare, "GradientEstimator"), OutputType(typeof(GradientComparison))]
public sealed class CompareGradientEstimatorCommand : EstimatorCommandBase
{
    /// <summary>The estimators to compare; all that apply unless given.</summary>
    [Parameter(Position = 1)]
    public GradientEstimatorKind[]? Estimator { get; set; }

    /// <summary>The baselines of ScoreFunction; all unless given, but for MovingAverage with Antithetic and Sobol draws.</summary>
    [Parameter]
    public ScoreBaseline[]? Baseline { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        ScoreBaseline[] baselines = Baseline
            ?? [.. Enum.GetValues<ScoreBaseline>().Where(baseline => baseline != ScoreBaseline.MovingAverage || Scheme == DrawScheme.Independent)];
        IEnumerable<GradientEstimatorOptions> estimators = (Estimator ?? Enum.GetValues<GradientEstimatorKind>())
            .SelectMany(estimator => (estimator == GradientEstimatorKind.ScoreFunction ? baselines : baselines[..1]).Select(baseline => Options(estimator, baseline)));
        Action<string>? skipped = Estimator is null ? message => WriteVerbose($"Skipped: {message}") : null;
        WriteObject(GradientComparison.Run(Distribution, Function(), estimators, skipped, Cancellation), enumerateCollection: true);
    }
}
