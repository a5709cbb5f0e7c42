using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Makes a normal distribution between two bounds.
/// </summary>
/// <remarks>
/// N(Loc, Scale²) cut to the interval from Low to High, either of which may be left out. Samples are reparameterized by the inverse CDF, in logarithms:
/// bounds at 10 standard deviations and far beyond lose no digits, and gradients reach all four parameters.
/// </remarks>
/// <example>
/// <para>Draws from the normal's tail beyond 10 standard deviations</para>
/// <code>New-TruncatedNormalDistribution -Low 10 | Invoke-RSample -Count 5 -Seed 1 -Expand</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] in Loc and Scale and Low and High</para>
/// <code>$d = New-TruncatedNormalDistribution 0.5 1.5 -1 2 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 10000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Loc.grad, $d.Scale.grad, $d.Low.grad, $d.High.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "TruncatedNormalDistribution"), OutputType(typeof(TruncatedNormal))]
public sealed class NewTruncatedNormalDistributionCommand() : NewDistributionCommandBase(TruncatedNormal.Definition)
{
    /// <summary>The mean before truncation; 0 unless given. A number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation before truncation, positive; 1 unless given. A number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The lower bound; −∞ unless given. A number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound, above Low; ∞ unless given. A number, nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 3, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
