using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Weibull distribution.
/// </summary>
/// <remarks>
/// The density on x ≥ 0 is k yᵏ⁻¹ exp(−yᵏ) / Scale, where y = x / Scale and k = Concentration. Samples are reparameterized by the inverse CDF: z = Scale ·
/// (−log(1 − u))^(1/k) with u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.Weibull.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
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
    /// <summary>The scale. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The shape parameter k. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
