using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a logistic normal distribution.
/// </summary>
/// <remarks>
/// <para>A draw is a vector on the simplex: non-negative numbers that sum to 1. It is made from independent N(Loc, Scale²) draws by stick-breaking, and has one
/// element more than Loc.</para>
/// <para>The density is N(s; Loc, Scale²) / |det J(s)|, where s = stickbreaking⁻¹(x) and J is the Jacobian of stick-breaking. Samples are reparameterized: z =
/// stickbreaking(Loc + Scale · ε) with ε ~ N(0, I). PyTorch's counterpart is torch.distributions.LogisticNormal.</para>
/// </remarks>
/// <example>
/// <para>The gradient of E[|z|²] with respect to Loc</para>
/// <code>$d = New-LogisticNormalDistribution (0.5, -1) (1, 0.4) -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.square().sum(-1).mean().backward()
/// $d.Loc.grad</code>
/// </example>
/// <example>
/// <para>The log-density at a point of the simplex</para>
/// <code>New-LogisticNormalDistribution -Loc 0.5, -1 -Scale 1, 0.4 |
///     Get-LogProbability -Value 0.2, 0.3, 0.5</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LogisticNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LogisticNormal))]
public sealed class NewLogisticNormalDistributionCommand() : NewDistributionCommandBase(LogisticNormal.Definition)
{
    /// <summary>The means of the normal draws: a vector. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviations of the normal draws: a vector, or one number for all. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
