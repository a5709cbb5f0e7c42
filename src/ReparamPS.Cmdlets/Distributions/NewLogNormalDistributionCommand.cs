using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a log-normal distribution.
/// </summary>
/// <remarks>
/// The logarithm of a draw has the distribution N(Loc, Scale²). The density on x > 0 is exp(−(log x − Loc)² / (2 Scale²)) / (x Scale √(2π)). Samples are
/// reparameterized: z = exp(Loc + Scale · ε) with ε ~ N(0, 1). PyTorch's counterpart is torch.distributions.LogNormal.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-LogNormalDistribution -Loc 0 -Scale 0.5
/// $d | Get-LogProbability -Value 1.5
/// $d | Get-CumulativeProbability -Value 1.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z] with respect to Loc and Scale</para>
/// <code>$d = New-LogNormalDistribution 0.5 0.8 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LogNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LogNormal))]
public sealed class NewLogNormalDistributionCommand() : NewDistributionCommandBase(LogNormal.Definition)
{
    /// <summary>The mean of the logarithm. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation of the logarithm. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
