using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a von Mises–Fisher distribution.
/// </summary>
/// <remarks>
/// On the unit sphere in d dimensions, d at least 2, with density κ^(d/2−1) exp(κ μᵀx) / ((2π)^(d/2) I_(d/2−1)(κ)), μ = MeanDirection / |MeanDirection|, κ
/// = Concentration. Samples are implicitly reparameterized in the concentration, by the CDF of the height along the mean direction, and in the mean
/// direction by a reflection.
/// </remarks>
/// <example>
/// <para>Draws that carry gradients</para>
/// <code>New-VonMisesFisherDistribution 0.6, 0, 0.8 2 -RequiresGrad |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of the mean height along the first axis in the concentration</para>
/// <code>$d = New-VonMisesFisherDistribution 1, 0, 0, 0, 0 2 -RequiresGrad
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).select(-1, 0).mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "VonMisesFisherDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(VonMisesFisher))]
public sealed class NewVonMisesFisherDistributionCommand() : NewDistributionCommandBase(VonMisesFisher.Definition)
{
    /// <summary>The mean direction, a vector of at least 2 elements. Only its direction counts. Allowed: nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? MeanDirection { get; set; }

    /// <summary>The concentration around the mean direction. Allowed: positive; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
