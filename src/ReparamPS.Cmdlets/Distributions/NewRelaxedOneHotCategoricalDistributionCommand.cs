using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates a relaxed (concrete, Gumbel-softmax) one-hot categorical distribution.
/// </summary>
/// <remarks>
/// <para>A draw is a vector of non-negative numbers that sum to 1. It approaches a one-hot vector as Temperature falls. Give either Probs or Logits.</para>
/// <para>The density is Γ(K) T^(K−1) (Σ p_i x_i^(−T))^(−K) Π p_i x_i^(−T−1), where T = Temperature, p = Probs / Σ Probs, and K is the number of categories.
/// Samples are reparameterized: z = softmax((log p + g) / T), where g are standard Gumbel draws. PyTorch's counterpart is
/// torch.distributions.RelaxedOneHotCategorical.</para>
/// </remarks>
/// <example>
/// <para>Three draws</para>
/// <code>New-RelaxedOneHotCategoricalDistribution 0.5 (0.2, 0.5, 0.3) |
///     Invoke-RSample -Count 3 -Seed 1</code>
/// </example>
/// <example>
/// <para>The gradient of the mean of the first element with respect to the logits</para>
/// <code>$logits = New-Tensor 0, 1, 2 -RequiresGrad
/// $d = New-RelaxedOneHotCategoricalDistribution 0.5 -Logits $logits
/// (
///     $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// ).select(-1, 0).mean().backward()
/// $d.Logits.grad</code>
/// </example>
[Cmdlet(VerbsCommon.New, "RelaxedOneHotCategoricalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(RelaxedOneHotCategorical))]
public sealed class NewRelaxedOneHotCategoricalDistributionCommand() : NewDistributionCommandBase(RelaxedOneHotCategorical.Definition)
{
    /// <summary>The temperature: the smaller, the closer to the discrete distribution. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Temperature { get; set; }

    /// <summary>The weights of the categories, along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
