using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a gamma distribution.
/// </summary>
/// <remarks>
/// On the positive numbers, with density Rateᵃ xᵃ⁻¹ exp(−Rate x) / Γ(a), a = Concentration. Samples are reparameterized implicitly: a draw by
/// rejection gets the gradient dz/da = −(∂F/∂a) / p(z). The counterpart of torch.distributions.Gamma.
/// </remarks>
/// <example>
/// <para>Mean and variance of many gammas at once</para>
/// <code>New-GammaDistribution -Concentration 0.5, 1, 10 -Rate 2 |
///     ForEach-Object { $_.Mean, $_.Variance }</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z], which is ψ′(a) in the concentration</para>
/// <code>$d = New-GammaDistribution 2.5 1 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GammaDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Gamma))]
public sealed class NewGammaDistributionCommand() : NewDistributionCommandBase(Gamma.Definition)
{
    /// <summary>The shape. Allowed: positive; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }

    /// <summary>The inverse scale. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
