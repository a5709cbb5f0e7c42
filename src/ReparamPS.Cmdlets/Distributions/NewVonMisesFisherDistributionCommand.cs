using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a von Mises–Fisher distribution.
/// </summary>
/// <remarks>
/// <para>A draw is a unit vector with d elements, as many as MeanDirection has. The density is κ^(d/2−1) exp(κ μᵀx) / ((2π)^(d/2) I_(d/2−1)(κ)), where μ = MeanDirection /
/// |MeanDirection|, κ = Concentration and I is the modified Bessel function of the first kind.</para>
/// <para>Draws carry gradients for both parameters; the gradient for Concentration comes from the derivative of the CDF of μᵀx (implicit reparameterization).</para>
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-VonMisesFisherDistribution (0.6, 0, 0.8) 2 |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of the mean of the first coordinate with respect to Concentration</para>
/// <code>$d = New-VonMisesFisherDistribution (1, 0, 0, 0, 0) 2 -RequiresGrad
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).select(-1, 0).mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "VonMisesFisherDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(VonMisesFisher))]
public sealed class NewVonMisesFisherDistributionCommand() : NewDistributionCommandBase(VonMisesFisher.Definition)
{
    /// <summary>The mean direction, a vector of at least 2 elements. Only its direction counts. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? MeanDirection { get; set; }

    /// <summary>The concentration κ around the mean direction: the larger, the narrower. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
