using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a categorical distribution whose draws are one-hot vectors with the gradient of the probabilities.
/// </summary>
/// <remarks>
/// A draw is a one-hot vector, as from New-OneHotCategoricalDistribution, with the gradient of the probabilities p = Probs / Σ Probs: z = onehot + p −
/// stop_gradient(p). This straight-through gradient is biased for functions that are not linear in z. Give either Probs or Logits. PyTorch's counterpart is
/// torch.distributions.OneHotCategoricalStraightThrough.
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-OneHotCategoricalStraightThroughDistribution 0.2, 0.5, 0.3 |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of the frequency of category 0 with respect to the logits</para>
/// <code>$logits = New-Tensor 0, 1, 2 -RequiresGrad
/// $d = New-OneHotCategoricalStraightThroughDistribution -Logits $logits
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).select(-1, 0).mean().backward()
/// $d.Logits.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "OneHotCategoricalStraightThroughDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(OneHotCategoricalStraightThrough))]
public sealed class NewOneHotCategoricalStraightThroughDistributionCommand() : NewDistributionCommandBase(OneHotCategoricalStraightThrough.Definition)
{
    /// <summary>The weights of the categories along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
