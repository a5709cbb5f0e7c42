using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a log-uniform (reciprocal) distribution.
/// </summary>
/// <remarks>
/// The logarithm of a draw is uniform. The distribution is a common choice for learning rates to try. The density from Low to High is 1 / (x log(High / Low)). Samples are
/// reparameterized by the inverse CDF: z = Low · (High / Low)ᵘ with u uniform on [0, 1].
/// </remarks>
/// <example>
/// <para>Learning rates to try</para>
/// <code>New-LogUniformDistribution -Low 1e-5 -High 1e-1 |
///     Invoke-Sample -Count 10 -Seed 1 -Expand</code>
/// </example>
/// <example>
/// <para>The gradient of E[log z] with respect to Low and High</para>
/// <code>$d = New-LogUniformDistribution 0.01 10 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.log().mean().backward()
/// $d.Low.grad, $d.High.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LogUniformDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LogUniform))]
public sealed class NewLogUniformDistributionCommand() : NewDistributionCommandBase(LogUniform.Definition)
{
    /// <summary>The lower bound. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound. Allowed: values above Low, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
