using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a normal distribution squashed into an interval by tanh.
/// </summary>
/// <remarks>
/// <para>A draw is z = Low + (High − Low) (1 + tanh x) / 2 with x ~ N(Loc, Scale²). Reinforcement learning uses this distribution for bounded actions. Samples carry gradients to
/// all four parameters.</para>
/// <para>You pass z to Get-LogProbability, but to compute its density, the cmdlet needs the x behind it. On the CPU, a tensor that Invoke-RSample or Invoke-Sample returns with -AsTensor remembers the x it was made from. Its log-density is exact even if z was rounded to Low or High. For any other value, such as a number, a copy of the tensor or a draw on a GPU, x is computed from z; a z equal to Low or High counts as a value just inside.</para>
/// <para>The entropy is computed by quadrature. The KL divergence of two such distributions with the same bounds is that of their normal distributions.</para>
/// </remarks>
/// <example>
/// <para>Actions between −2 and 2, with their log-density</para>
/// <code>$d = New-TanhNormalDistribution -Loc 0.5 -Scale 1 -Low -2 -High 2
/// $a = $d | Invoke-RSample -Count 5 -Seed 1 -AsTensor
/// $d | Get-LogProbability -Value $a</code>
/// </example>
/// <example>
/// <para>The entropy of a distribution whose draws lie close to the upper bound</para>
/// <code>New-TanhNormalDistribution -Loc 6 -Scale 2 | Measure-Entropy</code>
/// </example>
[Cmdlet(VerbsCommon.New, "TanhNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(TanhNormal))]
public sealed class NewTanhNormalDistributionCommand() : NewDistributionCommandBase(TanhNormal.Definition)
{
    /// <summary>The mean before tanh. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation before tanh. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }

    /// <summary>The lower bound. Allowed: finite values, as a number, a (nested) array or a tensor. Default: −1.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? Low { get; set; }

    /// <summary>The upper bound. Allowed: finite values above Low, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 3, ValueFromPipelineByPropertyName = true)]
    public object? High { get; set; }
}
