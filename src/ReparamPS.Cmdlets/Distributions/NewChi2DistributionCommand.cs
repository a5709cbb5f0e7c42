using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a χ² distribution.
/// </summary>
/// <remarks>
/// On the non-negative numbers: Gamma(Df / 2, ½), with density (x/2)ᵏ⁻¹ exp(−x/2) / (2 Γ(k)), k = Df / 2. Samples are reparameterized implicitly.
/// The counterpart of torch.distributions.Chi2.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
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
    /// <summary>The degrees of freedom. Allowed: positive, not necessarily whole; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Df { get; set; }
}
