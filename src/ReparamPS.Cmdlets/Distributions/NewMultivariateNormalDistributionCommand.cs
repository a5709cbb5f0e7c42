using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a multivariate normal distribution.
/// </summary>
/// <remarks>
/// <para>The density is exp(−(x − Loc)ᵀ Σ⁻¹ (x − Loc) / 2) / √((2π)^d |Σ|), where Σ is the covariance and d the number of elements. Give Σ as CovarianceMatrix,
/// its inverse as PrecisionMatrix, or its lower Cholesky factor L as ScaleTril.</para>
/// <para>Samples are reparameterized: z = Loc + L ε with ε ~ N(0, I). PyTorch's counterpart is torch.distributions.MultivariateNormal.</para>
/// </remarks>
/// <example>
/// <para>Draws of a vector with correlated elements</para>
/// <code>$covariance = (2, 0.6), (0.6, 1)
/// New-MultivariateNormalDistribution 0, 1 -CovarianceMatrix $covariance |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of E[|z|²] with respect to the Cholesky factor</para>
/// <code>$given = @{ Loc = 0, 1; ScaleTril = (1, 0), (0.5, 2) }
/// $d = New-MultivariateNormalDistribution @given -RequiresGrad
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).square().sum(-1).mean().backward()
/// $d.ScaleTril.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "MultivariateNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(MultivariateNormal))]
public sealed class NewMultivariateNormalDistributionCommand() : NewDistributionCommandBase(MultivariateNormal.Definition)
{
    /// <summary>The mean: a vector. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The covariance. Allowed: symmetric positive definite matrices, as nested arrays or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? CovarianceMatrix { get; set; }

    /// <summary>The inverse of the covariance, instead of CovarianceMatrix. Allowed: symmetric positive definite matrices, as nested arrays or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? PrecisionMatrix { get; set; }

    /// <summary>The lower Cholesky factor of the covariance, instead of CovarianceMatrix. Allowed: lower triangular matrices with a positive diagonal, as nested arrays or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? ScaleTril { get; set; }
}
