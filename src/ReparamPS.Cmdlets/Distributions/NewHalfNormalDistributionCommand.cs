using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a half-normal distribution.
/// </summary>
/// <remarks>
/// The absolute value of a centred normal draw, with density √(2/π) exp(−x² / (2 Scale²)) / Scale on the non-negative numbers. Samples are
/// reparameterized by scaling: z = Scale · |ε|, ε ~ N(0, 1). The counterpart of torch.distributions.HalfNormal.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
/// <code>$d = New-HalfNormalDistribution -Scale 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Scale</para>
/// <code>$d = New-HalfNormalDistribution 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "HalfNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(HalfNormal))]
public sealed class NewHalfNormalDistributionCommand() : NewDistributionCommandBase(HalfNormal.Definition)
{
    /// <summary>The standard deviation of the normal draw. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
