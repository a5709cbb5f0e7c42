using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a multivariate normal distribution.
/// </summary>
/// <remarks>
/// N(Loc, Σ) on vectors, with density exp(−(x − Loc)ᵀ Σ⁻¹ (x − Loc) / 2) / √((2π)^d |Σ|). Give Σ as CovarianceMatrix, its inverse as PrecisionMatrix, or its
/// lower Cholesky factor as ScaleTril. Samples are reparameterized by location and scale: z = Loc + L ε, ε ~ N(0, I).
/// The counterpart of torch.distributions.MultivariateNormal.
/// </remarks>
/// <example>
/// <para>Draws that carry gradients, as numbers</para>
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
/// ).square().sum().backward()
/// $d.ScaleTril.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "MultivariateNormalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(MultivariateNormal))]
public sealed class NewMultivariateNormalDistributionCommand() : NewDistributionCommandBase(MultivariateNormal.Definition)
{
    /// <summary>The mean: a vector. Allowed: nested arrays of numbers, or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Loc { get; set; }

    /// <summary>The covariance. Allowed: symmetric positive definite; nested arrays of numbers, or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? CovarianceMatrix { get; set; }

    /// <summary>The inverse of the covariance, instead of it. Allowed: nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? PrecisionMatrix { get; set; }

    /// <summary>The lower Cholesky factor of the covariance, instead of it. Allowed: nested arrays of numbers, or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? ScaleTril { get; set; }
}
