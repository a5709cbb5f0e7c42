using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates an LKJ distribution of Cholesky factors of correlation matrices.
/// </summary>
/// <remarks>
/// <para>A draw is the lower Cholesky factor L of a d × d correlation matrix R = L Lᵀ, where d = Dim. The density of R is proportional to |R|^(η − 1), where η =
/// Concentration. With η = 1, all correlation matrices are equally likely.</para>
/// <para>The density of L is proportional to the product of L_ii^(2 (η − 1) + d − i) over i = 2 … d. Samples are reparameterized row by row (the onion method).
/// PyTorch's counterpart is torch.distributions.LKJCholesky.</para>
/// </remarks>
/// <example>
/// <para>The gradient of E[ρ²] with respect to Concentration, where ρ = L₂₁ is the correlation of the first two variables</para>
/// <code>$d = New-LKJCholeskyDistribution -Dim 3 -Concentration 1.5 -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.select(-2, 1).select(-1, 0).square().mean().backward()
/// $d.Concentration.grad</code>
/// </example>
/// <example>
/// <para>A correlation matrix</para>
/// <code>$l = New-LKJCholeskyDistribution 3 | Invoke-Sample -Seed 1 -AsTensor
/// $l.matmul($l.mT)</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LKJCholeskyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LKJCholesky))]
public sealed class NewLKJCholeskyDistributionCommand() : NewDistributionCommandBase(LKJCholesky.Definition)
{
    /// <summary>The size of the matrix. Allowed: a whole number of at least 2.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Dim { get; set; }

    /// <summary>The concentration η around the identity matrix. Allowed: positive values, as a number, a (nested) array or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
