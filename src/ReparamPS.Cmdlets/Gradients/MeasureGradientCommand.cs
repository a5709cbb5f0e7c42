using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Estimates the gradient of E[f(z)] from draws, with standard error, variance and time per draw.</summary>
/// <remarks>
/// <para>The gradient is taken with respect to the parameters of z's distribution. Each row is one estimator and one element of a parameter.</para>
/// <para>Pathwise needs a reparameterized distribution. ScoreFunction works for every parameter that does not move the support; -Baseline lowers its variance.
/// MeasureValued works for Normal, LogNormal, Laplace, Exponential, Gamma, Poisson and Bernoulli (Probs).
/// StraightThrough and GumbelSoftmax (biased), Rebar and Relax (unbiased) work for Bernoulli, Categorical and OneHotCategorical. Enumerated is the exact sum over a small discrete support.</para>
/// <para>Pathwise, StraightThrough, GumbelSoftmax and Rebar need an objective that carries a gradient. Rebar also needs it to be continuous.
/// ScoreFunction, MeasureValued, Relax and Enumerated accept every objective.</para>
/// <para>Draws are processed in chunks, so their number does not limit memory. Relaxed estimators replace a Categorical's index by its mean. Existing .grad tensors are not changed.</para>
/// </remarks>
/// <example>
/// <para>The gradient of E[z²], pathwise</para>
/// <code>New-NormalDistribution 0.5 1.5 |
///     Measure-Gradient { $_.pow(2) } -Draws 10000</code>
/// </example>
/// <example>
/// <para>The variance of the score function with and without a baseline</para>
/// <code>$given = @{
///     Objective = 'Quadratic'; K = 3
///     Estimator = 'ScoreFunction'; Baseline = 'None', 'LeaveOneOut'
/// }
/// New-NormalDistribution 0.5 1.5 | Measure-Gradient @given</code>
/// </example>
/// <example>
/// <para>The exact gradient for a discrete distribution</para>
/// <code>New-BernoulliDistribution 0.3 |
///     Measure-Gradient { $_.sub(0.45).pow(2) } -Estimator Enumerated</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "Gradient"), OutputType(typeof(GradientMeasurement))]
public sealed class MeasureGradientCommand : EstimatorCommandBase
{
    /// <summary>The estimators to run.</summary>
    [Parameter(Position = 1), ValidateNotNullOrEmpty, Exact<GradientEstimatorKind[]>]
    public GradientEstimatorKind[] Estimator { get; set; } = [GradientEstimatorKind.Pathwise];

    /// <summary>The baselines of ScoreFunction. None is the textbook estimator. Allowed: None, MovingAverage, LeaveOneOut, ControlVariate. Default: None.</summary>
    [Parameter, ValidateNotNullOrEmpty, Exact<ScoreBaseline[]>]
    public ScoreBaseline[] Baseline { get; set; } = [ScoreBaseline.None];

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (GradientEstimatorKind estimator in Estimator)
        {
            foreach (ScoreBaseline baseline in estimator == GradientEstimatorKind.ScoreFunction ? Baseline : Baseline[..1])
                WriteObject(GradientEstimation.Measure(Distribution, Function(), Options(estimator, baseline), Cancellation), enumerateCollection: true);
        }
    }
}
