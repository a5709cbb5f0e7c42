using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Compares gradient estimators with the exact gradient and with each other.</summary>
/// <remarks>
/// <para>Each row is one estimator and one element of a parameter: the bias with its z-score, the variance per draw, the time per draw, and their product.
/// VarianceRatio is the variance divided by that of the pathwise gradient.</para>
/// <para>Truth is the exact sum over a small discrete support, or an adaptive quadrature over a univariate distribution. The quadrature is exact at jumps, and covers batches
/// whose objective is a sum over members. If neither is possible, Truth comes from a million draws, and its own error is part of the standard error of the bias.</para>
/// </remarks>
/// <example>
/// <para>All estimators of the gradient of E[(z − 3)²]</para>
/// <code>New-NormalDistribution 0.5 1.5 | Compare-GradientEstimator Quadratic -K 3</code>
/// </example>
/// <example>
/// <para>Which estimators for a discrete distribution are biased?</para>
/// <code>New-BernoulliDistribution 0.3 |
///     Compare-GradientEstimator { $_.sub(0.45).pow(2) } |
///     Where-Object { [Math]::Abs($_.ZScore) -gt 6 }</code>
/// </example>
[Cmdlet(VerbsData.Compare, "GradientEstimator"), OutputType(typeof(GradientComparison))]
public sealed class CompareGradientEstimatorCommand : EstimatorCommandBase
{
    /// <summary>The estimators to compare. Default: all that apply.</summary>
    [Parameter(Position = 1), Exact<GradientEstimatorKind[]>]
    public GradientEstimatorKind[]? Estimator { get; set; }

    /// <summary>The baselines of ScoreFunction. Default: all; without MovingAverage for Antithetic and Sobol draws.</summary>
    [Parameter, Exact<ScoreBaseline[]>]
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
