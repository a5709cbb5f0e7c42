using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates an inverse gamma distribution.
/// </summary>
/// <remarks>
/// A draw is 1 / g with g ~ Gamma(Concentration, Rate). The density on x > 0 is Rateᵃ x⁻ᵃ⁻¹ exp(−Rate / x) / Γ(a), where a = Concentration. Samples are
/// reparameterized implicitly, through the CDF. PyTorch's counterpart is torch.distributions.InverseGamma.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-InverseGammaDistribution -Concentration 2.5 -Rate 1.5
/// $d | Get-LogProbability -Value 1.5
/// $d | Get-CumulativeProbability -Value 1.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Concentration and Rate</para>
/// <code>$d = New-InverseGammaDistribution 2.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Concentration.grad, $d.Rate.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "InverseGammaDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(InverseGamma))]
public sealed class NewInverseGammaDistributionCommand() : NewDistributionCommandBase(InverseGamma.Definition)
{
    /// <summary>The shape parameter a. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }

    /// <summary>The rate of the gamma draw, which is the scale of this distribution. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
