using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Pareto (type I) distribution.
/// </summary>
/// <remarks>
/// The density on x ≥ Scale is α · Scale^α / x^(α + 1), where α = Alpha. Samples are reparameterized by the inverse CDF: z = Scale · (1 − u)^(−1/α) with u uniform on
/// [0, 1]. PyTorch's counterpart is torch.distributions.Pareto.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
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
    /// <summary>The smallest value. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The tail exponent α: the smaller, the heavier the tail. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Alpha { get; set; }
}
