using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a gamma distribution.
/// </summary>
/// <remarks>
/// The density on x > 0 is Rateᵃ xᵃ⁻¹ exp(−Rate x) / Γ(a), where a = Concentration. Samples are reparameterized implicitly: dz/da = −(∂F/∂a) / p(z), where F is
/// the CDF and p the density. PyTorch's counterpart is torch.distributions.Gamma.
/// </remarks>
/// <example>
/// <para>Mean and variance of three gamma distributions at once</para>
/// <code>New-GammaDistribution -Concentration 0.5, 1, 10 -Rate 2 |
///     ForEach-Object { $_.Mean, $_.Variance }</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Concentration</para>
/// <code>$d = New-GammaDistribution 2.5 1 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GammaDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Gamma))]
public sealed class NewGammaDistributionCommand() : NewDistributionCommandBase(Gamma.Definition)
{
    /// <summary>The shape parameter a. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }

    /// <summary>The rate, the inverse of the scale. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
