using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a normal (Gaussian) distribution.
/// </summary>
/// <remarks>
/// The density is exp(−(x − Loc)² / (2 Scale²)) / (Scale √(2π)). Samples are reparameterized: z = Loc + Scale · ε with ε ~ N(0, 1). PyTorch's counterpart is
/// torch.distributions.Normal.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-NormalDistribution -Loc 1 -Scale 2 | Invoke-RSample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of E[z²] with respect to Loc and Scale</para>
/// <code>$d = New-NormalDistribution 0.5 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.pow(2).mean().backward()
/// $d.Loc.grad, $d.Scale.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "NormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Normal))]
public sealed class NewNormalDistributionCommand() : NewDistributionCommandBase(Normal.Definition)
{
    /// <summary>The mean. Allowed: a number, a (nested) array or a tensor. Default: 0.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The standard deviation. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Scale { get; set; }
}
