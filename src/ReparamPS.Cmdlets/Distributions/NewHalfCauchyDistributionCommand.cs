using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a half-Cauchy distribution.
/// </summary>
/// <remarks>
/// A draw is the absolute value of a Cauchy draw around 0. The distribution is a common prior for scales. The density on x ≥ 0 is 2 / (π Scale (1 + (x / Scale)²)). Samples are
/// reparameterized: z = Scale · |tan π(u − ½)| with u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.HalfCauchy.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
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
    /// <summary>The median. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
