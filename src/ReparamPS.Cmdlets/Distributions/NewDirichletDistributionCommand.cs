using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Dirichlet distribution.
/// </summary>
/// <remarks>
/// The density on the simplex (non-negative vectors that sum to 1) is Γ(Σ a) Π (x_i^(a_i − 1) / Γ(a_i)), where a = Concentration. Samples are reparameterized: z =
/// g / Σ g, where g_i ~ Gamma(a_i, 1) is reparameterized implicitly, through its CDF. PyTorch's counterpart is torch.distributions.Dirichlet.
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-DirichletDistribution 0.5, 1, 2 | Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of E[z₁²] with respect to the concentrations</para>
/// <code>$d = New-DirichletDistribution 0.5, 1, 2 -RequiresGrad
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).select(-1, 0).square().mean().backward()
/// $d.Concentration.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "DirichletDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Dirichlet))]
public sealed class NewDirichletDistributionCommand() : NewDistributionCommandBase(Dirichlet.Definition)
{
    /// <summary>The concentrations: a vector; for a batch, one vector per row, such as @((1, 2, 3), (4, 5, 6)). Allowed: positive values, as a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
