using System.Management.Automation;
using ReparamPS.Distributions;

namespace ReparamPS.Cmdlets.Distributions;

/// <summary>
/// Creates the distribution of the logarithm of a relaxed one-hot categorical variable.
/// </summary>
/// <remarks>
/// <para>A draw is log y, where y is a draw of New-RelaxedOneHotCategoricalDistribution with the same parameters. Give either Probs or Logits.</para>
/// <para>The density at x = log y is Γ(K) T^(K−1) Π s_i, where s = softmax(log p − T x) and K is the number of categories. T is Temperature, and p = Probs / Σ Probs. Samples are
/// reparameterized: z = log softmax((log p + g) / T), where g are standard Gumbel draws. PyTorch's counterpart is
/// torch.distributions.relaxed_categorical.ExpRelaxedCategorical.</para>
/// </remarks>
/// <example>
/// <para>The gradient of the mean of the first element with respect to Probs</para>
/// <code>$d = New-ExpRelaxedCategoricalDistribution 0.5 (2, 5, 3) -RequiresGrad
/// $z = $d | Invoke-RSample -Count 1000 -Seed 1 -AsTensor
/// $z.select(-1, 0).mean().backward()
/// $d.Probs.grad</code>
/// </example>
/// <example>
/// <para>The log-density of a draw</para>
/// <code>$d = New-ExpRelaxedCategoricalDistribution 0.5 -Logits 0, 1, 2
/// $d | Get-LogProbability -Value ($d | Invoke-Sample -Seed 1)</code>
/// </example>
[Cmdlet(VerbsCommon.New, "ExpRelaxedCategoricalDistribution", DefaultParameterSetName = ByValue), OutputType(typeof(ExpRelaxedCategorical))]
public sealed class NewExpRelaxedCategoricalDistributionCommand() : NewDistributionCommandBase(ExpRelaxedCategorical.Definition)
{
    /// <summary>The temperature: the smaller, the closer y is to a one-hot vector. Allowed: positive values, as a number, a (nested) array or a tensor.</summary>
    [Parameter(ParameterSetName = ByValue, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public object? Temperature { get; set; }

    /// <summary>The weights of the categories, along the last dimension. They need not sum to 1. Allowed: non-negative values, not all 0, as a (nested) array or a tensor.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public object? Probs { get; set; }

    /// <summary>The logarithms of the weights, instead of Probs. A logit of −∞ excludes its category. Allowed: a (nested) array or a tensor.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public object? Logits { get; set; }
}
