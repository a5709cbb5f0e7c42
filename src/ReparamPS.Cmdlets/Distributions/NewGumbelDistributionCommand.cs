using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Gumbel (type I extreme value) distribution.
/// </summary>
/// <remarks>
/// The density is exp(−y − exp(−y)) / Scale, where y = (x − Loc) / Scale. Samples are reparameterized by the inverse CDF: z = Loc − Scale · log(−log u) with u
/// uniform on [0, 1]. PyTorch's counterpart is torch.distributions.Gumbel.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and the 99 % quantile</para>
/// <code>$d = New-GumbelDistribution -Loc 1 -Scale 2
/// $d | Get-LogProbability -Value 0
/// $d | Get-CumulativeProbability -Value 0
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Loc and Scale</para>
/// <code>$d = New-GumbelDistribution 0.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "GumbelDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Gumbel))]
public sealed class NewGumbelDistributionCommand() : NewDistributionCommandBase(Gumbel.Definition)
{
    /// <summary>The mode. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The scale. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
