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
    /// <summary>The fit, from Invoke-VariationalInference.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true), Exact<VariationalFit>]
    public virtual VariationalFit Fit { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? ErrorTarget => Fit;
}

/// <summary>Measures the quality of a variational fit from fresh draws, with a verdict.</summary>
/// <remarks>
/// <para>The verdict is the first of these that applies. NotConverged: the gradient is not 0, or two fits with independent noise disagree.</para>
/// <para>Unreliable: the importance weights have heavy tails (k̂ minus its standard error exceeds 0.7), and the effective number of draws is less than half.</para>
/// <para>Biased: importance weights move a mean by more than 0.05 standard deviations or a standard deviation by more than 5 %, in unconstrained space; or the tails may be heavy.</para>
/// <para>Trustworthy: none of these.</para>
/// <para>k̂ is that of Pareto-smoothed importance sampling (Vehtari et al. 2024, arXiv:1507.02646). It is 0 if the weights hardly vary. LogEvidence is estimated by importance sampling, with the fit as proposal.</para>
/// </remarks>
/// <example>
/// <para>A normal approximation that is exact</para>
/// <code>New-BayesianModel @{ X = New-NormalDistribution 1 2 } |
///     Invoke-VariationalInference | Measure-VariationalFit</code>
/// </example>
/// <example>
/// <para>Only the verdict and why</para>
/// <code>$prior = New-MultivariateNormalDistribution 0, 0 -ScaleTril (1, 0), (2, 1)
/// New-BayesianModel @{ X = $prior } | Invoke-VariationalInference |
///     Measure-VariationalFit |
///     ForEach-Object { "$($_.Verdict): $($_.Reason)" }</code>
/// </example>
[Cmdlet(VerbsDiagnostic.Measure, "VariationalFit"), OutputType(typeof(FitMeasurement))]
public sealed class MeasureVariationalFitCommand : FitCommandBase
{
    /// <summary>The number of fresh draws. Allowed: at least 100. Default: 10,000.</summary>
    [Parameter, Exact<int>]
    public int Draws { get; set; } = 10_000;

    /// <summary>The seed of the draws. Default: follows from the fit's seed.</summary>
    [Parameter, Exact<long?>]
    public long? Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's draws. Philox: draws in parallel, with the same result for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    protected override void Process() => WriteObject(FitCertificate.Measure(Fit, Draws, Seed, Generator, Cancellation));
}
