using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Gumbel (type I extreme value) distribution.
/// </summary>
/// <remarks>
/// On the real numbers, with density exp(−y − exp(−y)) / Scale, y = (x − Loc) / Scale. Samples are reparameterized by the inverse CDF:
/// z = Loc − Scale · log(−log u) with u uniform. The counterpart of torch.distributions.Gumbel.
/// </remarks>
/// <example>
/// <para>The density, the CDF and the 99 % quantile</para>
/// <code>$d = New-GumbelDistribution -Loc 1 -Scale 2
/// $d | Get-LogProbability -Value 0
/// $d | Get-CumulativeProbability -Value 0
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>Draws that carry gradients to Loc and Scale</para>
/// <code>$d = New-GumbelDistribution 0.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GumbelDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Gumbel))]
public sealed class NewGumbelDistributionCommand() : NewDistributionCommandBase(Gumbel.Definition)
{
    /// <summary>The mode. Allowed: a number, nested arrays of numbers, or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The scale. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
