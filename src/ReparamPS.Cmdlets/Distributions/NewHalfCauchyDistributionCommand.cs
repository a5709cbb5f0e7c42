using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a half-Cauchy distribution.
/// </summary>
/// <remarks>
/// The absolute value of a centred Cauchy draw, with density 2 / (π Scale (1 + (x / Scale)²)) on the non-negative numbers: a usual prior of scales.
/// Samples are reparameterized by scaling: z = Scale · |tan π(u − ½)|. The counterpart of torch.distributions.HalfCauchy.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
/// <code>$d = New-HalfCauchyDistribution -Scale 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Scale</para>
/// <code>$d = New-HalfCauchyDistribution 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "HalfCauchyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(HalfCauchy))]
public sealed class NewHalfCauchyDistributionCommand() : NewDistributionCommandBase(HalfCauchy.Definition)
{
    /// <summary>The median. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
