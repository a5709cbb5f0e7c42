using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a normal distribution between two bounds.
/// </summary>
/// <remarks>
/// This is N(Loc, Scale²) restricted to the interval from Low to High. You may leave out either bound. Samples are reparameterized by the inverse CDF, computed
/// on the log scale, so they stay accurate even if the bounds are more than 10 standard deviations from Loc. Gradients reach all four parameters.
/// </remarks>
/// <example>
/// <para>Draws from the normal's tail beyond 10 standard deviations</para>
/// <code>New-TruncatedNormalDistribution -Low 10 |
///     Invoke-RSample -Count 5 -Seed 1 -Expand</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] with respect to all four parameters</para>
/// <code>$d = New-TruncatedNormalDistribution 0.5 1.5 -1 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Loc.grad, $d.Scale.grad, $d.Low.grad, $d.High.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "TruncatedNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(TruncatedNormal))]
public sealed class NewTruncatedNormalDistributionCommand() : NewDistributionCommandBase(TruncatedNormal.Definition)
{
    /// <summary>The mean before truncation. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation before truncation. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The lower bound. Allowed: a number, a (nested) array or a tensor. Default: −∞.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound. Allowed: values above Low, as a number, a (nested) array or a tensor. Default: ∞.</summary>
    [Parameter(Position = 3, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
