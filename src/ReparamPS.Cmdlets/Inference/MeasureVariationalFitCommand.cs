using System.Management.Automation;
using ReparamPS.Cmdlets.Common;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>What the cmdlets that read a fit share.</summary>
public abstract class FitCommandBase : ReparamCmdlet
{
    /// <summary>The fit, from Invoke-VariationalInference or Import-VariationalFit.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Exact<VariationalFit>(IsOnlyInput = true)]
    public virtual VariationalFit Fit { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Fit;
}

/// <summary>Measures the quality of a variational fit from fresh draws, with a verdict.</summary>
/// <remarks>
/// <para>Each fresh draw gets an importance weight: the density of the posterior, up to a constant, divided by the density of the fit. EffectiveDraws is the effective sample size of the weighted draws; it equals -Draws if the fit is exact.</para>
/// <para>k̂ (the column KHat) measures how heavy the tail of the weights is, by Pareto-smoothed importance sampling (Vehtari et al. 2024, arXiv:1507.02646). It is 0 if the weights hardly vary (their standard deviation is at most 1/7 of their mean). It should not exceed its limit, the smaller of 0.7 and 1 − 1 / log₁₀ n for n draws.</para>
/// <para>The verdict is the first of the following that applies; the column Reason gives the numbers.</para>
/// <para>NotConverged: the norm of the gradient at the end of the fit is too large (Reason names the limit). With the optimizer L-BFGS, Invoke-VariationalInference fits twice, with different noise. If the two ELBOs differ by more than the -Tolerance of Invoke-VariationalInference (in nats), the verdict is also NotConverged.</para>
/// <para>Unreliable: the importance weights have heavy tails (k̂ is above its limit by more than its standard error), and EffectiveDraws is less than half of -Draws. Also Unreliable: the log-density of the model is not finite at some draw.</para>
/// <para>Biased: in some coordinate, weighting the draws changes their mean by more than 0.05 standard deviations, or the standard deviation of the draws by more than 5 %. Coordinates are unconstrained, such as the log of a positive parameter.
/// Also Biased: k̂ is above its limit by more than its standard error, but EffectiveDraws is at least half of -Draws. Also Biased: k̂ is within one standard error of its limit, on either side, and EffectiveDraws is less than 90 % of -Draws.</para>
/// <para>Trustworthy: none of these.</para>
/// <para>With every verdict, the column LogEvidence has the log evidence, estimated by importance sampling with the fit as proposal.</para>
/// </remarks>
/// <seealso cref="InvokeVariationalInferenceCommand"/>
/// <seealso cref="GetPosteriorSummaryCommand"/>
/// <seealso cref="InvokePosteriorSamplingCommand"/>
/// <seealso cref="TestVariationalInferenceCommand"/>
/// <example>
/// <para>Measure a fit whose approximation is exact</para>
/// <code>New-BayesianModel @{ X = New-NormalDistribution 1 2 } |
///     Invoke-VariationalInference | Measure-VariationalFit</code>
/// </example>
/// <example>
/// <para>Show only the verdict and the reason</para>
/// <code>$prior = New-MultivariateNormalDistribution 0, 0 -ScaleTril (1, 0), (2, 1)
/// New-BayesianModel @{ X = $prior } | Invoke-VariationalInference |
///     Measure-VariationalFit |
///     ForEach-Object { "$($_.Verdict): $($_.Reason)" }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "VariationalFit"), OutputType(typeof(FitMeasurement))]
public sealed class MeasureVariationalFitCommand : FitCommandBase
{
    /// <summary>The number of fresh draws. Allowed: at least 100.</summary>
    [Parameter, Exact<int>]
    public int Draws { get; set; } = 10_000;

    /// <summary>The seed of the draws. Default: derived from the seed of the fit.</summary>
    [Parameter, OptionalNumber<long>]
    public long? Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(FitCertificate.Measure(Fit, Draws, Seed, Generator, Cancellation));
}
