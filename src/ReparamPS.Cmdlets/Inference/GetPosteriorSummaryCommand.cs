using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Summarizes a variational fit: one row per element of each parameter.</summary>
/// <remarks>
/// <para>Mean, StdDev and the quantiles Q5, Median and Q95 are computed from draws of the fit. MonteCarloError is the standard error of Mean due to the limited number of draws. It does not measure the quality of the fit.</para>
/// <para>ImportanceMean and ImportanceStdDev estimate the true posterior: they weight the draws by importance. If ImportanceMean differs from Mean by much more than MonteCarloError, the fit is biased. If Measure-VariationalFit returns the verdict Unreliable, ImportanceMean and ImportanceStdDev are not reliable either.</para>
/// <para>The table on the screen omits Median and MonteCarloError; its columns 'Imp. mean' and 'Imp. std' are ImportanceMean and ImportanceStdDev. Format-List shows all columns under their full names.</para>
/// </remarks>
/// <example>
/// <para>The posterior of a rate</para>
/// <code>$model = New-BayesianModel @{ Rate = New-GammaDistribution 2 1 } {
///     param($p) (New-PoissonDistribution $p.Rate).LogProb((New-Tensor 3))
/// }
/// $model | Invoke-VariationalInference -Seed 1 | Get-PosteriorSummary</code>
/// </example>
/// <example>
/// <para>A chart of means with 90 % intervals</para>
/// <code>New-BayesianModel @{ X = New-NormalDistribution (1, 2, 4) (1, 1, 2) } |
///     Invoke-VariationalInference | Get-PosteriorSummary |
///     Export-Chart -X Index -Y Q5, Mean, Q95 -Path ./posterior.png</code>
/// </example>
[Cmdlet(VerbsCommon.Get, "PosteriorSummary"), OutputType(typeof(PosteriorSummary))]
public sealed class GetPosteriorSummaryCommand : FitCommandBase
{
    /// <summary>The number of draws. Default: 10000.</summary>
    [Parameter, AllowedRange(100), Exact<int>]
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
    protected override void Process() => WriteObject(PosteriorSummary.Of(Fit, Draws, Seed, Generator, Cancellation), enumerateCollection: true);
}
