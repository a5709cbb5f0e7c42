using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Kumaraswamy distribution.
/// </summary>
/// <remarks>
/// The density on [0, 1] is a b xᵃ⁻¹ (1 − xᵃ)ᵇ⁻¹, where a = Concentration1 and b = Concentration0. The shape is like that of a beta distribution. Samples are
/// reparameterized by the inverse CDF at 1 − u: z = (1 − u^(1/b))^(1/a) with u uniform on [0, 1]. PyTorch's counterpart is torch.distributions.Kumaraswamy.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-KumaraswamyDistribution 2 3
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.95</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Concentration1 and Concentration0</para>
/// <code>$d = New-KumaraswamyDistribution 2 3 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Concentration1.grad, $d.Concentration0.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "KumaraswamyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Kumaraswamy))]
public sealed class NewKumaraswamyDistributionCommand() : NewDistributionCommandBase(Kumaraswamy.Definition)
{
    /// <summary>The first shape parameter, a. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration1 { get; set; }

    /// <summary>The second shape parameter, b. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration0 { get; set; }
}
