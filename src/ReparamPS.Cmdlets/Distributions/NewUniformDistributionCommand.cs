using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a uniform distribution.
/// </summary>
/// <remarks>
/// The density from Low to High is 1 / (High − Low). Samples are reparameterized: z = Low + (High − Low) · u with u uniform on [0, 1). PyTorch's counterpart is
/// torch.distributions.Uniform.
/// </remarks>
/// <example>
/// <para>Log-density, CDF and a quantile</para>
/// <code>$d = New-UniformDistribution -Low -1 -High 2
/// $d | Get-LogProbability -Value 0.5
/// $d | Get-CumulativeProbability -Value 0.5
/// $d | Get-Quantile -Probability 0.99</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] with respect to Low and High</para>
/// <code>$d = New-UniformDistribution -1 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Low.grad, $d.High.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "UniformDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Uniform))]
public sealed class NewUniformDistributionCommand() : NewDistributionCommandBase(Uniform.Definition)
{
    /// <summary>The lower bound. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound. Allowed: values above Low, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
