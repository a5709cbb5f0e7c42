using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a normal distribution between two bounds.
/// </summary>
/// <remarks>
/// N(Loc, Scale²) cut to the interval from Low to High, either of which is optional. Samples are reparameterized by the inverse CDF, in logarithms:
/// bounds far beyond 10 standard deviations lose no digits, and gradients reach all four parameters.
/// </remarks>
/// <example>
/// <para>Draws from the normal's tail beyond 10 standard deviations</para>
/// <code>New-TruncatedNormalDistribution -Low 10 |
///     Invoke-RSample -Count 5 -Seed 1 -Expand</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] with respect to Loc and Scale and Low and High</para>
/// <code>$d = New-TruncatedNormalDistribution 0.5 1.5 -1 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Loc.grad, $d.Scale.grad, $d.Low.grad, $d.High.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "TruncatedNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(TruncatedNormal))]
public sealed class NewTruncatedNormalDistributionCommand() : NewDistributionCommandBase(TruncatedNormal.Definition)
{
    /// <summary>The mean before truncation. Allowed: a number, nested arrays of numbers, or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation before truncation. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The lower bound. Allowed: a number, nested arrays of numbers, or a tensor. Default: −∞.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound. Allowed: above Low; a number, nested arrays of numbers, or a tensor. Default: ∞.</summary>
    [Parameter(Position = 3, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
