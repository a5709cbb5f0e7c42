using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Laplace (double exponential) distribution.
/// </summary>
/// <remarks>
/// The density is exp(−|x − Loc| / Scale) / (2 Scale). Samples are reparameterized: z = Loc − Scale · sign(u) log(1 − |u|) with u uniform on (−1, 1). PyTorch's
/// counterpart is torch.distributions.Laplace.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-LaplaceDistribution -Loc 1 -Scale 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] with respect to Loc and Scale</para>
/// <code>$d = New-LaplaceDistribution 0.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LaplaceDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Laplace))]
public sealed class NewLaplaceDistributionCommand() : NewDistributionCommandBase(Laplace.Definition)
{
    /// <summary>The mean. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The mean absolute deviation from the mean. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
