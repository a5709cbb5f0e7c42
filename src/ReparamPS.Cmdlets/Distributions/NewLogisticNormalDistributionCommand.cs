using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a logistic normal distribution.
/// </summary>
/// <remarks>
/// On the simplex: a vector of independent N(Loc, Scale²) through stick-breaking, so that a sample has one element more than Loc; density N(s;
/// Loc, Scale²) / |det J(s)|, s = stickbreaking⁻¹(x). Samples are reparameterized: z = stickbreaking(Loc + Scale · ε), ε ~ N(0, I). The counterpart of
/// torch.distributions.LogisticNormal.
/// </remarks>
/// <example>
/// <para>Draws that carry gradients</para>
/// <code>New-LogisticNormalDistribution -Loc 0.5, -1 -Scale 1, 0.4 -RequiresGrad |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The log-density at a point of the simplex</para>
/// <code>New-LogisticNormalDistribution 0.5, -1 1, 0.4 |
///     Get-LogProbability -Value 0.2, 0.3, 0.5</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LogisticNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LogisticNormal))]
public sealed class NewLogisticNormalDistributionCommand() : NewDistributionCommandBase(LogisticNormal.Definition)
{
    /// <summary>The means of the normal distribution: a vector, or one number for all. Allowed: nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviations of the normal distribution: a vector, or one number for all. Allowed: positive; nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
