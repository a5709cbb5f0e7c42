using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a von Mises distribution of an angle.
/// </summary>
/// <remarks>
/// The density of an angle x, in radians, is exp(κ cos(x − Loc)) / (2π I₀(κ)), where κ = Concentration and I₀ is a modified Bessel function. Draws lie within π
/// of Loc. Samples are reparameterized: directly in Loc, and in Concentration implicitly, through the CDF.
/// torch.distributions.VonMises has no such samples.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-VonMisesDistribution -Loc 0 -Concentration 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[cos z] with respect to Concentration</para>
/// <code>$d = New-VonMisesDistribution 0 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.cos().mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "VonMisesDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(VonMises))]
public sealed class NewVonMisesDistributionCommand() : NewDistributionCommandBase(VonMises.Definition)
{
    /// <summary>The mode, an angle in radians. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The concentration κ: the larger, the narrower. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
