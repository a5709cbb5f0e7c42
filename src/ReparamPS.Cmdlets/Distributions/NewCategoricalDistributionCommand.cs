using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a categorical distribution.
/// </summary>
/// <remarks>
/// A draw is the index of one of K categories, 0 to K − 1. P(k) = Probs_k / Σ Probs. Give either Probs or Logits. Draws carry no gradient: use Invoke-Sample.
/// New-RelaxedOneHotCategoricalDistribution approximates the one-hot vector of the category by draws that carry a gradient. PyTorch's counterpart is
/// torch.distributions.Categorical.
/// </remarks>
/// <example>
/// <para>Ten draws</para>
/// <code>New-CategoricalDistribution 0.2, 0.5, 0.3 |
///     Invoke-Sample -Count 10 -Seed 1</code>
/// </example>
/// <example>
/// <para>The log-probability of the last category, from log-weights</para>
/// <code>New-CategoricalDistribution -Logits 0, 1, 2 | Get-LogProbability -Value 2</code>
/// </example>
[Cmdlet(VerbsCommon.New, "CategoricalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(Categorical))]
public sealed class NewCategoricalDistributionCommand() : NewDistributionCommandBase(Categorical.Definition)
{
    /// <summary>The weights of the categories along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
