using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a multivariate normal distribution whose covariance is a low-rank matrix plus a diagonal one.
/// </summary>
/// <remarks>
/// The covariance is Σ = CovFactor CovFactorᵀ + diag(CovDiag). The density is exp(−(x − Loc)ᵀ Σ⁻¹ (x − Loc) / 2) / √((2π)^d |Σ|), where d is the number of
/// elements of Loc. Samples are reparameterized: z = Loc + CovFactor ε₁ + √CovDiag · ε₂, where ε₁ and ε₂ are standard normal. PyTorch's counterpart is
/// torch.distributions.LowRankMultivariateNormal.
/// </remarks>
/// <example>
/// <para>The gradient of E[|z|²] with respect to CovFactor</para>
/// <code>$given = @{ Loc = 0, 0; CovFactor = (1, 2), (0.5, 1); CovDiag = 1, 2 }
/// $d = New-LowRankMultivariateNormalDistribution @given -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.square().sum(-1).mean().backward()
/// $d.CovFactor.grad</code>
/// </example>
/// <example>
/// <para>The variance of each element</para>
/// <code>$given = @{ Loc = 0, 0; CovFactor = (1, 2), (0.5, 1); CovDiag = 1, 2 }
/// (New-LowRankMultivariateNormalDistribution @given).Variance</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LowRankMultivariateNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LowRankMultivariateNormal))]
public sealed class NewLowRankMultivariateNormalDistributionCommand() : NewDistributionCommandBase(LowRankMultivariateNormal.Definition)
{
    /// <summary>The mean: a vector. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The factor of the low-rank part: a matrix with one row per element of Loc. Allowed: nested arrays or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? CovFactor { get; set; }

    /// <summary>The diagonal part: a vector. Allowed: positive values, as a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    public object? CovDiag { get; set; }
}
