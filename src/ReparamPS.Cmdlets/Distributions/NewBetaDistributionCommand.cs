using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a beta distribution.
/// </summary>
/// <remarks>
/// The density on [0, 1] is xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b), where a = Concentration1, b = Concentration0 and B is the beta function. Samples are reparameterized
/// implicitly, through the CDF. PyTorch's counterpart is torch.distributions.Beta.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-BetaDistribution 2 3
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Concentration1 and Concentration0</para>
/// <code>$d = New-BetaDistribution 2 3 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Concentration1.grad, $d.Concentration0.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "BetaDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Beta))]
public sealed class NewBetaDistributionCommand() : NewDistributionCommandBase(Beta.Definition)
{
    /// <summary>The parameter a of the density, in which x has the exponent a − 1. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration1 { get; set; }

    /// <summary>The parameter b of the density, in which 1 − x has the exponent b − 1. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration0 { get; set; }
}
