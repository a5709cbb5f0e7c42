using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates the distribution of the transformed draws of another distribution.
/// </summary>
/// <remarks>
/// <para>A draw x of BaseDistribution passes through the transforms in their order: z = Tₙ(… T₁(x)). The density of z is p(x) / |det J(x)|, where p is the density of
/// BaseDistribution and J the Jacobian of the transforms. Samples are reparameterized if those of BaseDistribution are. PyTorch's counterpart is
/// torch.distributions.TransformedDistribution.</para>
/// <para>The support of BaseDistribution must lie in the domain of the first transform, and the outputs of each transform in the domain of the next.</para>
/// <para>Abs, Softmax, LowerCholesky and PositiveDefinite are not one-to-one. With one of them, there are draws, but no log-density and no divergence.</para>
/// </remarks>
/// <example>
/// <para>A log-normal distribution from a normal one</para>
/// <code>$exp = New-DistributionTransform Exp
/// New-NormalDistribution 0 1 |
///     New-TransformedDistribution -Transforms $exp |
///     Invoke-RSample -Count 5 -Seed 1</code>
/// </example>
/// <example>
/// <para>A chain of two transforms: the quantiles of 2 · sigmoid(x) − 1</para>
/// <code>$chain = (New-DistributionTransform Sigmoid), (
///     New-DistributionTransform Affine -Loc -1 -Scale 2
/// )
/// New-NormalDistribution 0.3 0.8 |
///     New-TransformedDistribution -Transforms $chain |
///     Get-Quantile -Probability 0.1, 0.5, 0.9</code>
/// </example>
[Cmdlet(VerbsCommon.New, "TransformedDistribution", DefaultParameterSetName = Given), OutputType(typeof(TransformedDistribution))]
public sealed class NewTransformedDistributionCommand() : NewDistributionCommandBase(TransformedDistribution.Definition)
{
    // PyTorch's order of arguments; what comes from the pipeline takes no place in it.
    private const string Given = "Given", Piped = "Piped";

    /// <summary>The distribution whose draws are transformed. Required here or in -InputObject.</summary>
    [Parameter(ParameterSetName = Piped, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = Given, Position = 0, ValueFromPipelineByPropertyName = true), Exact<Distribution>]
    public Distribution? BaseDistribution { get; set; }

    /// <summary>The transforms from New-DistributionTransform, in the order in which they apply. Required here or in -InputObject.</summary>
    [Parameter(ParameterSetName = Given, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = Piped, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Transforms { get; set => field = Once(value); }
}
