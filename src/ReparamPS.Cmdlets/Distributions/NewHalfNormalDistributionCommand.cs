using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a half-normal distribution.
/// </summary>
/// <remarks>
/// A draw is the absolute value of a normal draw with mean 0. The density on x ≥ 0 is √(2/π) exp(−x² / (2 Scale²)) / Scale. Samples are reparameterized: z =
/// Scale · |ε| with ε ~ N(0, 1). PyTorch's counterpart is torch.distributions.HalfNormal.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
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
    /// <summary>The standard deviation of the normal draw. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
