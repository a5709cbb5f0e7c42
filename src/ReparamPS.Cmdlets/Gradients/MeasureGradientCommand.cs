using System.Management.Automation;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Estimates the gradient of the expectation of an objective from draws, with its standard error, its variance per draw and its time per draw.</summary>
/// <remarks>
/// The gradient of E[f(z)] in the parameters of z's distribution. Pathwise needs a reparameterized distribution; ScoreFunction works for all parameters that the support doesn't move with (others give no row), and -Baseline lowers its variance; MeasureValued is there for Normal,
/// LogNormal, Laplace, Exponential, Gamma, Poisson and Bernoulli (Probs); StraightThrough and GumbelSoftmax (biased), Rebar and Relax (unbiased) for Bernoulli, Categorical and OneHotCategorical; Enumerated is the exact sum over a
/// small discrete support. An index of a Categorical is relaxed to the mean index.
/// Pathwise, StraightThrough, GumbelSoftmax and Rebar go through the objective's gradient, and are refused where its result carries none; Rebar, to be unbiased, needs an objective that is continuous
/// between the draws as well, and is refused where it jumps there. Relax has a control variate of its own, linear in the relaxed draws, and is unbiased for every objective, as are ScoreFunction, MeasureValued and Enumerated.
/// Draws are evaluated in parts of up to 65,536 numbers, so any number of them needs little memory: the objective is called once a part. The distribution's tensors are not touched.
/// </remarks>
/// <example>
/// <para>The gradient of E[z²], pathwise</para>
/// <code>New-NormalDistribution 0.5 1.5 | Measure-Gradient { $_.pow(2) } -Draws 10000</code>
/// </example>
/// <example>
/// <para>How noisy the score function is without a baseline, and with one</para>
/// <code>New-NormalDistribution 0.5 1.5 | Measure-Gradient Quadratic -K 3 -Estimator ScoreFunction -Baseline None, LeaveOneOut</code>
/// </example>
/// <example>
/// <para>The exact gradient for a discrete distribution</para>
/// <code>New-BernoulliDistribution 0.3 | Measure-Gradient { $_.sub(0.45).pow(2) } -Estimator Enumerated</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "Gradient"), OutputType(typeof(GradientMeasurement))]
public sealed class MeasureGradientCommand : EstimatorCommandBase
{
    /// <summary>The estimators, one after the other; Pathwise unless given.</summary>
    [Parameter(Position = 1)]
    public GradientEstimatorKind[] Estimator { get; set; } = [GradientEstimatorKind.Pathwise];

    /// <summary>The baselines of ScoreFunction, one after the other: None (default, the estimator as it is in textbooks), MovingAverage, LeaveOneOut or ControlVariate.</summary>
    [Parameter]
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
