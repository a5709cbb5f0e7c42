using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates an exponential distribution.
/// </summary>
/// <remarks>
/// The density on x ≥ 0 is Rate exp(−Rate x). Samples are reparameterized by the inverse CDF: z = −log(1 − u) / Rate with u uniform on [0, 1]. PyTorch's
/// counterpart is torch.distributions.Exponential.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-ExponentialDistribution -Rate 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Rate</para>
/// <code>$d = New-ExponentialDistribution -Rate 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Rate.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ExponentialDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Exponential))]
public sealed class NewExponentialDistributionCommand() : NewDistributionCommandBase(Exponential.Definition)
{
    /// <summary>The rate, the inverse of the mean. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Rate { get; set; }
}
