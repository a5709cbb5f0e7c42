using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Cauchy (Lorentz) distribution.
/// </summary>
/// <remarks>
/// The density is 1 / (π Scale (1 + y²)), where y = (x − Loc) / Scale. The mean does not exist. Samples are reparameterized: z = Loc + Scale · tan π(u − ½) with
/// u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.Cauchy.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-CauchyDistribution -Loc 1 -Scale 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[log(1 + z²)] with respect to Loc and Scale</para>
/// <code>$d = New-CauchyDistribution 0.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.square().add(1).log().mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "CauchyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Cauchy))]
public sealed class NewCauchyDistributionCommand() : NewDistributionCommandBase(Cauchy.Definition)
{
    /// <summary>The median. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>Half the distance between the quartiles. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
