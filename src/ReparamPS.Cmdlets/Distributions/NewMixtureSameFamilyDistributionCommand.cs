using System.Management.Automation;
using ReparamPS.Cmdlets.Common.Conversion;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a mixture of distributions of one family.
/// </summary>
/// <remarks>
/// <para>The density is Σ w_k p_k(x). w_k is the probability of category k of MixtureDistribution; p_k is the density of element k of the last batch dimension of
/// ComponentDistribution.</para>
/// <para>Samples are reparameterized (HasRSample is True) if the components are continuous distributions of single numbers and have a CDF. Vectors with
/// independent elements of this kind also work (New-IndependentDistribution). The gradients are implicit through the CDF; they reach the weights and the parameters of the components.</para>
/// <para>With other components, HasRSample is False: use Invoke-Sample. HasRSample is also False if there is a gap between the supports of the components,
/// or if components that are vectors have different supports: samples would then jump as a parameter changes.</para>
/// <para>Draws from von Mises components lie in [−π, π). PyTorch's counterpart is torch.distributions.MixtureSameFamily.</para>
/// </remarks>
/// <example>
/// <para>Two normals, with gradients that reach the weights</para>
/// <code>$weights = New-CategoricalDistribution -Logits 0, 1 -RequiresGrad
/// $components = New-NormalDistribution (-1, 2) (0.5, 1.5) -RequiresGrad
/// $z = New-MixtureSameFamilyDistribution $weights $components |
///     Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.square().mean().backward()
/// $weights.Logits.grad, $components.Loc.grad</code>
/// </example>
/// <example>
/// <para>Quantiles of a mixture</para>
/// <code>New-MixtureSameFamilyDistribution (New-CategoricalDistribution 0.3, 0.7) (
///     New-NormalDistribution (-1, 2) 1
/// ) | Get-Quantile -Probability 0.1, 0.5, 0.9</code>
/// </example>
[Cmdlet(VerbsCommon.New, "MixtureSameFamilyDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(MixtureSameFamily))]
public sealed class NewMixtureSameFamilyDistributionCommand() : NewDistributionCommandBase(MixtureSameFamily.Definition)
{
    /// <summary>The weights, as a distribution from New-CategoricalDistribution.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), Exact<Categorical>]
    public Categorical? MixtureDistribution { get; set; }

    /// <summary>The components, as one distribution whose last batch dimension has one element per component.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), Exact<Distribution>]
    public Distribution? ComponentDistribution { get; set; }
}
