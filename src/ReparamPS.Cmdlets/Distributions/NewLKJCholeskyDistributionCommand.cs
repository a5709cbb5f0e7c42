using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates an LKJ distribution of Cholesky factors of correlation matrices.
/// </summary>
/// <remarks>
/// On lower-triangular Dim × Dim matrices with rows of length 1, with density Π L_ii^(2 (η − 1) + d − i) / Z, i = 2 … d, η = Concentration: 1 makes all
/// correlation matrices equally likely. Samples are reparameterized by composition (the onion method). The counterpart of
/// torch.distributions.LKJCholesky.
/// </remarks>
/// <example>
/// <para>A draw that carries a gradient</para>
/// <code>New-LKJCholeskyDistribution -Dim 3 -Concentration 1.5 -RequiresGrad |
///     Invoke-RSample -Seed 1</code>
/// </example>
/// <example>
/// <para>A correlation matrix</para>
/// <code>$l = New-LKJCholeskyDistribution 3 | Invoke-Sample -Seed 1 -AsTensor
/// $l.matmul($l.mT)</code>
/// </example>
[Cmdlet(VerbsCommon.New, "LKJCholeskyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(LKJCholesky))]
public sealed class NewLKJCholeskyDistributionCommand() : NewDistributionCommandBase(LKJCholesky.Definition)
{
    /// <summary>The size of the matrix. Allowed: a whole number, at least 2.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Dim { get; set; }

    /// <summary>The concentration around the identity matrix. Allowed: positive; a number, nested arrays of numbers, or a tensor. Default: 1.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Concentration { get; set; }
}
