using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Rows;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Data;
using ReparamPS.Inference;
using ReparamPS.Inference.Evaluation;
using ReparamPS.Torch.Randomness;

namespace ReparamPS.Cmdlets.Inference;

/// <summary>Draws parameters from a variational fit: one row per draw, one column per element of a parameter.</summary>
/// <remarks>
/// A scalar parameter has one column with its name. A parameter that is a vector or a matrix has one column per element, such as Theta_0 or Theta_0_1. Each value is in the support of its prior; for example, a scale is positive.
/// Use -Resample if the verdict of Measure-VariationalFit is Biased. -Resample does not help if the verdict is Unreliable.
/// </remarks>
/// <example>
/// <para>Save a histogram of a thousand draws</para>
/// <code>New-BayesianModel @{ Scale = New-HalfNormalDistribution 1 } |
///     Invoke-VariationalInference |
///     Invoke-PosteriorSampling -Count 1000 -Seed 1 |
///     Export-Chart -X Scale -Kind Histogram -Path ./scale.png</code>
/// </example>
/// <example>
/// <para>Estimate the probability that one effect is larger than another</para>
/// <code>$draws = New-BayesianModel @{
///     A = New-NormalDistribution 1 1
///     B = New-NormalDistribution 0 1
/// } | Invoke-VariationalInference |
///     Invoke-PosteriorSampling -Count 2000 -Seed 1
/// @($draws | Where-Object { $_.A -gt $_.B }).Count / 2000</code>
/// </example>
[Cmdlet(VerbsLifecycle.Invoke, "PosteriorSampling", DefaultParameterSetName = Positions), OutputType(typeof(PSObject))]
public sealed class InvokePosteriorSamplingCommand : FitCommandBase
{
    private const string Positions = "Positions", Piped = "Piped";

    /// <summary>The fit, from Invoke-VariationalInference or Import-VariationalFit.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = Positions)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = Piped)]
    [Exact<VariationalFit>(IsOnlyInput = true, LeavesNumbers = true)]
    public override VariationalFit Fit { get; set; } = null!;

    /// <summary>The number of draws. Default: 1000.</summary>
    [Parameter(Position = 1, ParameterSetName = Positions)]
    [Parameter(Position = 0, ParameterSetName = Piped)]
    [AllowedRange(1, 10_000_000), Exact<int>]
    public int Count { get; set => field = Once(value); } = 1000;

    /// <summary>Selects the draws from at least 4 × Count draws of the fit, by their Pareto-smoothed importance weights, so that they follow the posterior more closely. A draw can be selected several times.</summary>
    [Parameter, Exact<SwitchParameter>]
    public SwitchParameter Resample { get; set; }

    /// <summary>The seed of the draws. Default: 0.</summary>
    [Parameter, Exact<long>]
    public long Seed { get; set; }

    /// <summary>
    /// The random number generator. Torch: PyTorch's generator. Philox: draws in parallel, with the same noise for any number of threads; see about_ReparamPS_Random. Default: Torch.
    /// </summary>
    [Parameter, Exact<RandomGenerator>]
    public RandomGenerator Generator { get; set; }

    /// <inheritdoc/>
    private protected override string InputKind => "a fit of Invoke-VariationalInference";

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (ExperimentRow row in PosteriorDraws.Rows(Fit, Count, new RandomSeed(Seed, Generator), Resample, Cancellation))
        {
            Cancellation.ThrowIfCancellationRequested();
            WriteObject(RowObjects.From(row));
        }
    }
}
