using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a categorical distribution over one-hot vectors.
/// </summary>
/// <remarks>
/// A draw is a one-hot vector: 1 at the drawn category, 0 elsewhere. Category k has the probability Probs_k / Σ Probs. Give either Probs or Logits. Draws carry no
/// gradient: use Invoke-Sample. New-RelaxedOneHotCategoricalDistribution and New-OneHotCategoricalStraightThroughDistribution make similar draws that carry a gradient.
/// PyTorch's counterpart is torch.distributions.OneHotCategorical.
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-OneHotCategoricalDistribution 0.2, 0.5, 0.3 |
///     Invoke-Sample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The entropy in nats</para>
/// <code>(New-OneHotCategoricalDistribution -Logits 0, 1, 2).Entropy</code>
/// </example>
[Cmdlet(VerbsCommon.New, "OneHotCategoricalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(OneHotCategorical))]
public sealed class NewOneHotCategoricalDistributionCommand() : NewDistributionCommandBase(OneHotCategorical.Definition)
{
    /// <summary>The weights of the categories along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
