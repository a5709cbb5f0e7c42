using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a Wishart distribution.
/// </summary>
/// <remarks>
/// <para>A draw is a symmetric positive definite d × d matrix. The density is |X|^((n − d − 1)/2) exp(−tr(V⁻¹ X)/2) / (2^(n d/2) |V|^(n/2) Γ_d(n/2)), where n =
/// Df and V is the scale matrix. Give V as CovarianceMatrix, its inverse as PrecisionMatrix, or its lower Cholesky factor L as ScaleTril.</para>
/// <para>Samples are reparameterized: z = (L A)(L A)ᵀ with a lower triangular A. Below its diagonal, A_ij ~ N(0, 1); on its diagonal, A_ii² ~ χ²(Df − i) for
/// i = 0 … d − 1. PyTorch's counterpart is torch.distributions.Wishart.</para>
/// </remarks>
/// <example>
/// <para>The gradient of the mean of the first element with respect to Df</para>
/// <code>$given = @{ Df = 4.5; CovarianceMatrix = (2, 0.6), (0.6, 1) }
/// $d = New-WishartDistribution @given -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.select(-1, 0).select(-1, 0).mean().backward()
/// $d.Df.grad</code>
/// </example>
/// <example>
/// <para>The mean</para>
/// <code>(New-WishartDistribution 4.5 -ScaleTril (1, 0), (0.5, 2)).Mean</code>
/// </example>
[Cmdlet(VerbsCommon.New, "WishartDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Wishart))]
public sealed class NewWishartDistributionCommand() : NewDistributionCommandBase(Wishart.Definition)
{
    /// <summary>The degrees of freedom. Allowed: values above d − 1, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Df { get; set; }

    /// <summary>The scale matrix V. Allowed: symmetric positive definite matrices, as nested arrays or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? CovarianceMatrix { get; set; }

    /// <summary>The inverse of the scale matrix, instead of CovarianceMatrix. Allowed: symmetric positive definite matrices, as nested arrays or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? PrecisionMatrix { get; set; }

    /// <summary>The lower Cholesky factor of the scale matrix, instead of CovarianceMatrix. Allowed: lower triangular matrices with a positive diagonal, as nested arrays or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? ScaleTril { get; set; }
}
