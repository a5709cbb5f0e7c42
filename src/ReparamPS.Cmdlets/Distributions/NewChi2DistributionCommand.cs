using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a χ² distribution.
/// </summary>
/// <remarks>
/// The density on x ≥ 0 is (x/2)ᵏ⁻¹ exp(−x/2) / (2 Γ(k)), where k = Df / 2. This is the gamma distribution with Concentration Df / 2 and Rate ½. Samples are
/// reparameterized implicitly, through the CDF. PyTorch's counterpart is torch.distributions.Chi2.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-Chi2Distribution -Df 3
/// $d | Get-LogProbability -Value 5
/// $d | Get-CumulativeProbability -Value 5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Df</para>
/// <code>$d = New-Chi2Distribution 3 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Df.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "Chi2Distribution", DefaultParameterSetName = ByValue), OutputType(typeof(Chi2))]
public sealed class NewChi2DistributionCommand() : NewDistributionCommandBase(Chi2.Definition)
{
    /// <summary>The degrees of freedom. Allowed: positive values, whole or not, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Df { get; set; }
}
