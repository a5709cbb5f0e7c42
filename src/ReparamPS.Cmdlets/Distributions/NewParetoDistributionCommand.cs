using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Pareto (type I) distribution.
/// </summary>
/// <remarks>
/// On the numbers of at least Scale, with density Alpha Scaleᵃ / xᵃ⁺¹, a = Alpha. Samples are reparameterized by the inverse CDF:
/// z = Scale · (1 − u)^(−1/a). The counterpart of torch.distributions.Pareto.
/// </remarks>
/// <example>
/// <para>Density, CDF and a quantile</para>
/// <code>$d = New-ParetoDistribution -Scale 1 -Alpha 3
/// $d | Get-LogProbability -Value 1.5
/// $d | Get-CumulativeProbability -Value 1.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Scale and Alpha</para>
/// <code>$d = New-ParetoDistribution 1.5 3 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Scale.grad, $d.Alpha.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ParetoDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Pareto))]
public sealed class NewParetoDistributionCommand() : NewDistributionCommandBase(Pareto.Definition)
{
    /// <summary>The smallest value. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The power of the tail. Allowed: positive; a number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Alpha { get; set; }
}
