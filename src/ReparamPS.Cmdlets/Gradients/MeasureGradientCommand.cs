using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Gradients.Estimators;

namespace ReparamPS.Cmdlets.Gradients;

/// <summary>Estimates the gradient of E[f(z)] from draws, with its standard error, its variance per draw and the time per draw.</summary>
/// <remarks>
/// <para>The gradient is taken with respect to the parameters of the distribution of z. There is one row per estimator, baseline and element of a parameter.</para>
/// <para>Pathwise needs a reparameterized distribution. ScoreFunction works for every parameter on which the support does not depend; a warning names each parameter that it leaves out. Draws of VonMises lie within π of Loc, so Loc is left out, unless the objective has the same value at both ends of this interval, for example because its period is 2π.
/// MeasureValued, a difference of two expectations, works for Normal, LogNormal, Laplace, Exponential, Gamma, Poisson, and Bernoulli made with Probs (not Logits).
/// StraightThrough and GumbelSoftmax (biased), Rebar and Relax (unbiased) work for Bernoulli, Categorical and OneHotCategorical. Rebar and Relax are ScoreFunction with a control variate that is computed from relaxed draws, such as those of GumbelSoftmax; Rebar takes it from the objective, Relax learns it. Enumerated is the exact sum over the values of a small discrete support. It reports an error if the support is too large.</para>
/// <para>Pathwise, StraightThrough, GumbelSoftmax and Rebar need an objective whose result carries a gradient to z. With an objective that jumps, Pathwise is biased and Rebar reports an error.
/// ScoreFunction, MeasureValued, Relax and Enumerated accept every objective.</para>
/// <para>A value whose probability is exactly 0 is never drawn, so its effect on the gradient is missing, although a small change of the parameter would give it a positive probability. If a probability is exactly 0 or 1, or a rate is 0, ScoreFunction is therefore biased, and StraightThrough, GumbelSoftmax, Rebar and Relax return NaN; a warning says so. Enumerated and MeasureValued give correct gradients in these cases too.
/// A parameter that is an integer, such as the TotalCount of Binomial, has no rows.</para>
/// <para>-Baseline subtracts a number from f(z), which lowers the variance of ScoreFunction without a bias. MovingAverage: a moving average of f over earlier draws. LeaveOneOut: the mean of f over the other draws. ControlVariate: for each parameter, the number that minimizes the variance.
/// Baselines that would be biased are an error: MovingAverage with -Scheme Antithetic or Sobol, and LeaveOneOut with -Scheme Sobol.</para>
/// <para>If the distribution is Categorical, the objective gets the drawn index i. GumbelSoftmax calls it with Σⱼ j wⱼ instead, where w is the relaxed one-hot draw; Rebar calls it with i and also with such sums. StraightThrough calls it with i, and uses the gradient of the mean index Σⱼ j pⱼ as the gradient of i; pⱼ is the probability of j.</para>
/// <para>StandardError comes from the spread of the draws or, for Antithetic and Sobol, of the repetitions. If more than 7/8 of the repetitions return the same estimate, their spread does not show the error. StandardError is then computed as if the draws were independent, which makes it too large.</para>
/// <para>Draws are processed in chunks, so memory does not grow with their number. Existing .grad tensors are not changed.</para>
/// </remarks>
/// <example>
/// <para>Estimate the gradient of E[z²] by the pathwise estimator</para>
/// <code>New-NormalDistribution 0.5 1.5 |
///     Measure-Gradient { $_.pow(2) } -Draws 10000</code>
/// </example>
/// <example>
/// <para>Compare the variance of the estimator ScoreFunction with and without a baseline</para>
/// <code>$given = @{
///     Objective = 'Quadratic'; K = 3
///     Estimator = 'ScoreFunction'; Baseline = 'None', 'LeaveOneOut'
/// }
/// New-NormalDistribution 0.5 1.5 | Measure-Gradient @given</code>
/// </example>
/// <example>
/// <para>Get the exact gradient for a discrete distribution</para>
/// <code>New-BernoulliDistribution 0.3 |
///     Measure-Gradient { $_.sub(0.45).pow(2) } -Estimator Enumerated</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "Gradient"), OutputType(typeof(GradientMeasurement))]
public sealed class MeasureGradientCommand : EstimatorCommandBase
{
    /// <summary>The estimators to run.</summary>
    [Parameter(Position = 1), ValidateNotNullOrEmpty, EstimatorNames]
    public GradientEstimatorKind[] Estimator { get; set; } = [GradientEstimatorKind.Pathwise];

    /// <summary>What ScoreFunction subtracts from f(z) to lower the variance. Each baseline has its own rows. A baseline other than None is an error if -Estimator does not include ScoreFunction. Default: None.</summary>
    [Parameter, ValidateNotNullOrEmpty, Exact<ScoreBaseline[]>]
    public ScoreBaseline[] Baseline { get; set; } = [ScoreBaseline.None];

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        CheckUsed(Estimator, Baseline);
    }

    /// <inheritdoc/>
    protected override void Process()
    {
        Action<string> warn = Warner();
        foreach (GradientEstimatorKind estimator in Estimator.Distinct())
        {
            foreach (ScoreBaseline baseline in estimator == GradientEstimatorKind.ScoreFunction ? Baseline.Distinct() : Baseline[..1])
            {
                IReadOnlyList<GradientMeasurement> rows = GradientEstimation.Measure(Distribution, Function(), Options(estimator, baseline), warn, Cancellation);
                if (GradientEstimation.TailWarning(rows) is { } warning) warn(warning);
                WriteObject(rows, enumerateCollection: true);
            }
        }
    }
}
