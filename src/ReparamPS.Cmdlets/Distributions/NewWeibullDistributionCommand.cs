using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Weibull distribution.
/// </summary>
/// <remarks>
/// On the non-negative numbers, with density k yᵏ⁻¹ exp(−yᵏ) / Scale, y = x / Scale, k = Concentration. Samples are reparameterized by the inverse CDF:
/// z = Scale · (−log(1 − u))^(1/k). The counterpart of torch.distributions.Weibull.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
/// <code>$d = New-WeibullDistribution -Scale 1 -Concentration 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Scale and Concentration</para>
/// <code>$d = New-WeibullDistribution 1.5 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Scale.grad, $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "WeibullDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Weibull))]
public sealed class NewWeibullDistributionCommand() : NewDistributionCommandBase(Weibull.Definition)
{
    /// <summary>The scale. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The shape. Allowed: positive; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
